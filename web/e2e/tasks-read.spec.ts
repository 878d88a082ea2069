import { expect, test } from './fixtures';
import { columnOf, freshTask, titleOf } from './fixtures/tasks';

const COLUMNS = [
  ['blocked', 'Terblokir'],
  ['urgent', 'Mendesak'],
  ['today', 'Hari ini'],
  ['upcoming', '7 hari ke depan'],
] as const;

test('the board has a column for each bucket with its exact count', async ({ page, api }) => {
  await page.goto('/dashboard/pipeline/tasks');
  const { meta } = await api.get('/pipeline/tasks?limit=1');
  const buckets = meta.buckets as Record<string, number>;
  for (const [bucket, name] of COLUMNS) {
    const head = columnOf(page, name).locator('header');
    await expect(head).toHaveText(new RegExp(`${name}\\s*${buckets[bucket]?.toLocaleString('id-ID')}$`));
  }
  await page.getByRole('button', { name: /^Nanti/ }).click();
  await expect(columnOf(page, 'Nanti').getByRole('listitem').first()).toBeVisible();
});

test('a filter is in the address and survives a reload', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&priority=normal');
  await page.goto('/dashboard/pipeline/tasks');
  await page.getByRole('searchbox', { name: 'Saring di daftar ini' }).fill(task.jamaah_name);
  await expect(page).toHaveURL(/q=/);
  await page.getByRole('button', { name: 'Prioritas', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Biasa' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/priority=normal/);
  await page.getByRole('tab', { name: /^Semua/ }).click();
  await expect(titleOf(page, task)).toBeVisible();
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Saring di daftar ini' })).toHaveValue(task.jamaah_name);
  await expect(page.getByRole('button', { name: 'Prioritas: Biasa' })).toBeVisible();
  await expect(titleOf(page, task)).toBeVisible();
  await page.getByRole('button', { name: 'Hapus saringan Prioritas' }).click();
  await expect(page).not.toHaveURL(/priority/);
});

test('a role tab shows the tasks of that role, and all tabs their counts', async ({ page, api }) => {
  const { meta } = await api.get('/pipeline/tasks?limit=1');
  const roles = meta.roles as Record<string, number>;
  await page.goto('/dashboard/pipeline/tasks?view=table');
  await page.getByRole('tab', { name: `Visa ${roles['visa-admin']}` }).click();
  await expect(page).toHaveURL(/role=visa-admin/);
  await expect(page.getByText(`dari ${roles['visa-admin']} tugas`)).toBeVisible();
});

test('the table has pages of 20, 50 and 100, sorts, and remembers where one was', async ({ page, api }) => {
  await page.goto('/dashboard/pipeline/tasks');
  await page.getByRole('button', { name: 'Tabel' }).click();
  const rows = page.getByRole('row');
  await page.getByRole('button', { name: '20', exact: true }).click();
  await expect(rows).toHaveCount(21);
  await page.getByRole('button', { name: 'Halaman berikutnya' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText(/^21–40 dari/)).toBeVisible();
  await page.getByRole('button', { name: 'Jamaah', exact: true }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.getByRole('columnheader', { name: 'Jamaah' })).toHaveAttribute('aria-sort', 'ascending');
  const { data } = await api.get<{ jamaah_name: string }[]>('/pipeline/tasks?limit=20&sort=name');
  await expect(rows.locator('td:nth-child(3)')).toHaveText(data.map(({ jamaah_name }) => jamaah_name));
});

test('a narrow filter says what it hides, and lets go', async ({ page }) => {
  await page.goto('/dashboard/pipeline/tasks?view=table&q=tidakadayangbernamabegini');
  await expect(page.getByText('Tidak ada yang cocok')).toBeVisible();
  await expect(page.getByText(/tugas lain tersembunyi oleh saringan/)).toBeVisible();
  await page.getByRole('button', { name: 'Hapus saringan' }).click();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('a long column can be scrolled to its end', async ({ page, api }) => {
  const { data, meta } = await api.get<{ title: string; jamaah_name: string }[]>(
    '/pipeline/tasks?bucket=later&limit=1',
  );
  expect(data).toHaveLength(1);
  const { data: end } = await api.get<{ title: string; jamaah_name: string }[]>(
    `/pipeline/tasks?bucket=later&limit=1&page=${meta.total}`,
  );
  await page.goto('/dashboard/pipeline/tasks?bucket=later');
  const column = columnOf(page, 'Nanti');
  await expect(column.getByRole('listitem').first()).toBeVisible();
  await column.getByRole('list').evaluate((list) => {
    if (list.parentElement) list.parentElement.scrollTop = list.parentElement.scrollHeight;
  });
  const name = `${end[0]?.title}, ${end[0]?.jamaah_name}`;
  await expect(column.getByRole('button', { name }).last()).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('one bucket is shown at a time, with its buttons', async ({ page, api }) => {
    const { meta } = await api.get('/pipeline/tasks?limit=1');
    const { blocked } = meta.buckets as { blocked: number };
    await page.goto('/dashboard/pipeline/tasks');
    await page.getByRole('tab', { name: `${blocked} Terblokir` }).tap();
    await expect(page).toHaveURL(/bucket=blocked/);
    await expect(page.getByRole('button', { name: 'Buka blokir' }).first()).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
  });
});
