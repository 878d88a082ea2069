import { credentialsOf, expect, expectAccessible, test } from './fixtures';

test.describe('somebody who is not signed in', () => {
  test.use({ person: 'nobody' });

  test('signs in by keyboard alone and arrives where they wanted to go', async ({ page }) => {
    await page.goto('/dashboard/pipeline/tasks');
    await expect(page).toHaveURL(/\/login/);
    const { tenant, email, password } = credentialsOf('manager');
    await page.getByLabel('Organisasi').focus();
    await page.keyboard.type(tenant);
    await page.keyboard.press('Tab');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/dashboard\/pipeline\/tasks/);
    await expect(page.getByRole('heading', { level: 1, name: 'Papan tugas' })).toBeVisible();
  });

  test('finds a page that everybody can use', async ({ page }) => {
    await page.goto('/login');
    await expect(page.getByRole('button', { name: 'Masuk' })).toBeVisible();
    await expectAccessible(page);
  });
});
