import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { boardOf, cardOf, columnOf, freshTask, taskNow, titleOf } from './fixtures/tasks';

async function drag(page: Page, card: Locator, column: Locator, drop = true): Promise<void> {
  await card.hover();
  await page.mouse.down();
  const box = await column.boundingBox();
  if (!box) throw new Error('the column is not on the screen');
  await page.mouse.move(box.x + box.width / 2, box.y + 120, { steps: 8 });
  await page.mouse.move(box.x + box.width / 2, box.y + 130, { steps: 3 });
  if (drop) await page.mouse.up();
}

test('dropping on blocked asks for the reason', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto(boardOf(task));
  await drag(page, titleOf(page, task), columnOf(page, 'Terblokir'));
  const dialog = page.getByRole('dialog', { name: 'Blokir tugas' });
  await dialog.getByRole('textbox', { name: 'Sebab' }).fill('Paspor belum jadi');
  await dialog.getByRole('button', { name: 'Blokir' }).click();
  await expect(titleOf(columnOf(page, 'Terblokir'), task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('blocked');
});

test('dropping on today asks for the day, of a blocked card after unblocking it', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=blocked&priority=normal');
  await page.goto(boardOf(task));
  await drag(page, titleOf(page, task), columnOf(page, 'Hari ini'));
  const dialog = page.getByRole('dialog', { name: 'Tenggat baru' });
  await expect(dialog.getByText('Blokirnya dibuka.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Simpan tenggat' }).click();
  await expect(titleOf(columnOf(page, 'Hari ini'), task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).bucket).toBe('today');
});

test('dropping on urgent sets the priority, and can be undone', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending&priority=normal');
  await page.goto(boardOf(task));
  await drag(page, titleOf(page, task), columnOf(page, 'Mendesak'));
  await expect(titleOf(columnOf(page, 'Mendesak'), task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).priority).toBe('urgent');
  await page.getByRole('button', { name: 'Urungkan' }).click();
  await expect(titleOf(columnOf(page, '7 hari ke depan'), task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).priority).toBe('normal');
});

test.describe('whoever may not change tasks', () => {
  test.use({ person: 'documents' });

  test('is told by the column why it refuses', async ({ page, api }) => {
    const task = await freshTask(api, 'bucket=upcoming&status=pending&role=document-admin');
    await page.goto(boardOf(task));
    await drag(page, titleOf(page, task), columnOf(page, 'Mendesak'), false);
    await expect(columnOf(page, 'Mendesak')).toContainText('Peran Anda belum boleh mengubah tugas');
    await expect(columnOf(page, 'Terblokir')).toContainText('Taruh di sini, lalu isi sebabnya');
    await page.mouse.up();
    await expect(cardOf(page, task)).toBeVisible();
    expect((await taskNow(api, task.id)).priority).toBe(task.priority);
  });
});
