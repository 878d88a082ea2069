/** What an agent sees: the jamaah they brought, what is still to be done for them, and nothing of others. */

import { expect, expectAccessible, test } from './fixtures';

test.use({ person: 'agent' });

interface Jamaah {
  id: string;
  name: string;
  agent: string | null;
}

const MINE = 'Ust. Hasan Basri – Bekasi';

test('an agent finds their own jamaah, and nothing that they may not see', async ({ page, api }) => {
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url());
  });
  await page.goto('/');
  // the first page that is theirs
  await expect(page).toHaveURL(/\/dashboard\/pipeline\/tasks/);
  const places = page.getByRole('navigation', { name: 'Halaman' }).first().getByRole('link');
  await expect(places).toHaveText(['Papan tugas', 'Jamaah', 'Keberangkatan']);
  await expect(page.getByRole('listitem').getByRole('article').first()).toBeVisible();

  const everybody = await Promise.all(
    [1, 2].map((number) => api.get<Jamaah[]>(`/pipeline/jamaah?limit=100&page=${number}`)),
  );
  const all = everybody.flatMap(({ data }) => data);
  const mine = all.filter(({ agent }) => agent === MINE);
  const other = all.find(({ agent }) => agent !== MINE);
  await page.getByRole('link', { name: 'Jamaah', exact: true }).click();
  const rows = page
    .getByRole('table')
    .getByRole('row')
    .filter({ has: page.getByRole('link') });
  await expect(rows).toHaveCount(mine.length);
  await expectAccessible(page);

  await rows.first().getByRole('link').first().click();
  await expect(page.getByRole('main').getByText(MINE).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Keberangkatan', exact: true }).click();
  await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible();
  expect(refused).toEqual([]);

  await page.goto(`/dashboard/pipeline/jamaah/${other?.id}`);
  await expect(page.getByText(other?.name ?? '')).toHaveCount(0);
});
