import { expect, test } from './fixtures';
import { boardOf, columnOf, freshTask, taskNow, titleOf } from './fixtures/tasks';

test('a task is found, read, blocked, unblocked and completed by keyboard alone', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto('/dashboard/pipeline/tasks');
  await expect(columnOf(page, 'Mendesak').getByRole('listitem').first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type(task.jamaah_name);
  await expect(titleOf(page, task)).toBeVisible();
  await titleOf(page, task).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: task.title })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(titleOf(page, task)).toBeFocused();

  await page.keyboard.press('b');
  await expect(page.getByRole('textbox', { name: 'Sebab' })).toBeFocused();
  await page.keyboard.type('Menunggu keluarga');
  await page.keyboard.press('Enter');
  const blocked = columnOf(page, 'Terblokir');
  await expect(titleOf(blocked, task)).toBeVisible();
  await expect(page.getByText('Tugas terblokir')).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('blocked');
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('pending');

  await expect(titleOf(columnOf(page, '7 hari ke depan'), task)).toBeVisible();
  await titleOf(page, task).focus();
  await page.keyboard.press('c');
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('completed');
});

test('the focus walks through the columns and stays where work goes on', async ({ page }) => {
  await page.goto('/dashboard/pipeline/tasks');
  const urgent = columnOf(page, 'Mendesak').getByRole('listitem');
  await expect(urgent.first()).toBeVisible();
  await page.keyboard.press('2');
  const title = (at: number) => urgent.nth(at).locator('[data-title]');
  await expect(title(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(title(1)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(columnOf(page, 'Hari ini').locator('[data-title]:focus')).toHaveCount(1);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('k');
  await expect(title(0)).toBeFocused();
  // its place is taken by the next one, which has the focus then
  const next = await title(1).getAttribute('aria-label');
  await page.keyboard.press('c');
  await expect(title(0)).toHaveAttribute('aria-label', next ?? '');
  await expect(title(0)).toBeFocused();
});

test('cards are chosen by keyboard, and let go', async ({ page }) => {
  await page.goto('/dashboard/pipeline/tasks');
  await expect(columnOf(page, 'Mendesak').getByRole('listitem').first()).toBeVisible();
  await page.keyboard.press('2');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await expect(page.getByText('3 dipilih')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('3 dipilih')).toHaveCount(0);
});

test('a card is lifted, carried and dropped by keyboard', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending&priority=normal');
  await page.goto(boardOf(task));
  await titleOf(page, task).focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('Taruh di sini: prioritas menjadi Mendesak')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Space');
  await expect(titleOf(columnOf(page, 'Mendesak'), task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).priority).toBe('urgent');

  await titleOf(page, task).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(page.getByText('Taruh di sini', { exact: false })).toHaveCount(0);
  await expect(titleOf(columnOf(page, 'Mendesak'), task)).toBeVisible();
});
