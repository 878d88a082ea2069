import { expect, expectAccessible, test } from './fixtures';
import { freshTask } from './fixtures/tasks';

test('what was done is found, with what it changed, and taken out as a file', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await api.post(`/pipeline/tasks/${task.id}/block`, { reason: 'Paspor belum jadi', version: task.version });
  await page.goto('/dashboard/audit');
  const log = page.getByRole('list', { name: 'Jejak audit' });
  // what the program itself noted meanwhile may stand above it
  const blocked = log.getByRole('button', { name: /Tugas diblokir/ }).first();
  await expect(blocked).toContainText(task.title);
  await expect(blocked).toContainText(api.name);
  await blocked.focus();
  await page.keyboard.press('Enter');
  const reason = log.getByRole('row', { name: /blocked_reason/ });
  await expect(reason.getByRole('cell').first()).toHaveText('kosong');
  await expect(reason.getByRole('cell').last()).toHaveText('Paspor belum jadi');
  await expectAccessible(page);
  await log.getByRole('button', { name: 'Semua dari permintaan ini' }).click();
  await expect(page).toHaveURL(/request=/);
  // with what followed from it
  await expect(log.getByRole('listitem').filter({ hasText: task.title })).toHaveCount(1);
  await expect.poll(() => log.getByRole('listitem').count()).toBeLessThan(10);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Unduh CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/audit.*\.csv$/);
});

test('filters are in the address, and older events are loaded when they are asked for', async ({
  page,
  api,
}) => {
  await page.goto('/dashboard/audit');
  const events = page.getByRole('list', { name: 'Jejak audit' }).getByRole('listitem');
  await expect(events).toHaveCount(50);
  await page.getByRole('button', { name: 'Muat yang lebih lama' }).click();
  await expect(events).toHaveCount(100);
  await page.getByRole('combobox', { name: 'Peristiwa' }).selectOption({ label: 'Masuk dan penolakan' });
  await expect(page).toHaveURL(/kind=/);
  await expect(events.first()).toContainText('Masuk');
  await page.getByRole('combobox', { name: 'Siapa' }).selectOption({ label: api.name });
  await page.reload();
  await expect(events.first()).toContainText(api.name);
  await page.getByLabel('Sampai').fill('2001-01-01');
  await expect(page.getByText('Tidak ada peristiwa yang cocok')).toBeVisible({ timeout: 15_000 });
});

for (const language of ['id', 'en'] as const) {
  test.describe(language, () => {
    test.use({ language });

    test('axe finds nothing on the audit trail', async ({ page }) => {
      await page.goto('/dashboard/audit');
      await expect(page.getByRole('list').getByRole('listitem').first()).toBeVisible();
      await page.waitForLoadState('networkidle');
      await expectAccessible(page);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('nothing scrolls sideways but what differs', async ({ page }) => {
    await page.goto('/dashboard/audit');
    await page.getByRole('list', { name: 'Jejak audit' }).getByRole('button').first().tap();
    await expect(page.getByRole('table')).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    await expectAccessible(page);
  });
});

test.describe('whoever may not read it', () => {
  test.use({ person: 'visa' });

  test('is told so', async ({ page }) => {
    await page.goto('/dashboard/audit');
    await expect(page.getByText('Halaman ini bukan untuk peran Anda')).toBeVisible();
  });
});
