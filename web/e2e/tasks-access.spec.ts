import { expect, expectAccessible, test } from './fixtures';
import { freshTask, titleOf } from './fixtures/tasks';

for (const language of ['id', 'en'] as const) {
  test.describe(language, () => {
    test.use({ language });

    test('axe finds nothing on the board, the table, the drawer and a dialog', async ({ page, api }) => {
      test.slow();
      const task = await freshTask(api, 'bucket=upcoming');
      await page.goto('/dashboard/pipeline/tasks');
      await expect(page.getByRole('listitem').getByRole('article').first()).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('2');
      await page.keyboard.press('x');
      await page.keyboard.press('b');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, '[role="dialog"]');
      await page.goto(`/dashboard/pipeline/tasks?view=table&limit=20&q=${task.jamaah_name}`);
      await expect(titleOf(page, task)).toBeVisible();
      await page.getByRole('checkbox').first().check();
      await expectAccessible(page);
      await titleOf(page, task).click();
      await expect(page.getByRole('dialog', { name: task.title }).getByRole('textbox')).toBeVisible();
      await expectAccessible(page, '[role="dialog"]');
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('axe finds nothing on the board', async ({ page }) => {
    await page.goto('/dashboard/pipeline/tasks');
    await expect(page.getByRole('listitem').getByRole('article').first()).toBeVisible();
    await expectAccessible(page);
  });
});
