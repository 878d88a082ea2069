import { expect, test } from './fixtures';

interface Departure {
  id: string;
  code: string;
  people: number;
  ready: number;
  by_status: { overdue: number };
  stages: { code: string; people: number }[];
}

const next = '/pipeline/departures?days=40&limit=5';

test('the list opens a departure, which says who is not ready and why', async ({ page, api }) => {
  const [first] = (await api.get<Departure[]>(next)).data;
  if (!first) throw new Error('nobody departs');
  await page.goto('/dashboard/pipeline/departures');
  const row = page.getByRole('row').filter({ hasText: first.code });
  await expect(row).toContainText(`${first.ready} dari ${first.people} sudah siap`);
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: first.code })).toBeVisible();
  const readiness = page.getByRole('region', { name: 'Kesiapan' });
  await expect(readiness).toContainText('belum ada data');
  const list = page.getByRole('region', { name: 'Belum siap' });
  // the latest first
  await expect(list.getByRole('row').nth(1)).toContainText(/Telat \d+ hari/);
});

test('those who are ready are one row, until somebody wants to see them', async ({ page, api }) => {
  const { data } = await api.get<Departure[]>('/pipeline/departures?from=2026-01-01&days=3660&limit=100');
  const departure = data.find(({ ready }) => ready > 0);
  await page.goto(`/dashboard/pipeline/departures/${departure?.id}`);
  const list = page.getByRole('region', { name: 'Belum siap' });
  await list.getByRole('button', { name: `${departure?.ready} orang lain sudah siap` }).click();
  await expect(page).toHaveURL(/ready=true/);
  await expect(list.getByRole('table', { name: 'Sudah siap' }).getByRole('row')).toHaveCount(
    (departure?.ready ?? 0) + 1,
  );
});

test('a stage narrows the list, in the address', async ({ page, api }) => {
  const { data } = await api.get<Departure[]>(next);
  const departure = data[1];
  const stage = departure?.stages[0];
  if (!departure || !stage) throw new Error('nobody is held');
  await page.goto(`/dashboard/pipeline/departures/${departure.id}?stage=${stage.code}`);
  const list = page.getByRole('region', { name: 'Belum siap' });
  await expect(list.getByRole('row')).toHaveCount(stage.people + 1);
  await list.getByRole('button', { name: 'Hapus saringan Tahap' }).click();
  await expect(page).not.toHaveURL(/stage/);
});

test.describe('on paper', () => {
  test.use({ scheme: 'dark' });

  test('a departure is its list alone, black on white, with telephone numbers', async ({ page, api }) => {
    const departure = (await api.get<Departure[]>(next)).data[1];
    const people = await api.get<{ phone: string }[]>(
      `/pipeline/jamaah?departure=${departure?.id}&status=active&sort=due_at`,
    );
    const phone = people.data[0]?.phone ?? '';
    await page.goto(`/dashboard/pipeline/departures/${departure?.id}`);
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    await expect(page.getByText(phone)).toBeHidden();
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText(phone)).toBeVisible();
    await expect(page.getByRole('navigation').first()).toBeHidden();
    await expect(page.getByRole('region', { name: 'Kesiapan' })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Cetak daftar' })).toBeHidden();
    const cell = page.getByRole('cell').first();
    await expect(cell).toHaveCSS('color', 'rgb(0, 0, 0)');
    await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  });
});

test('a departure is planned, and its date moved', async ({ page }) => {
  await page.goto('/dashboard/pipeline/departures?days=365');
  await page.getByRole('button', { name: 'Rencanakan' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kode').fill('UMR-TEST-A');
  await dialog.getByLabel('Tanggal').fill('2027-05-20');
  await dialog.getByLabel('Kursi').fill('banyak');
  await dialog.getByRole('button', { name: 'Rencanakan' }).click();
  await expect(dialog.getByText('Tulis jumlah kursi dengan angka')).toBeVisible();
  await dialog.getByLabel('Kursi').fill('45');
  await dialog.getByRole('button', { name: 'Rencanakan' }).click();
  await expect(dialog).toBeHidden();
  await page.goto('/dashboard/pipeline/departures?from=2027-05-20&to=2027-05-20');
  await page.getByRole('row').filter({ hasText: 'UMR-TEST-A' }).getByRole('link').click();
  await expect(page.getByText('0 orang, 45 kursi')).toBeVisible();
  await page.getByRole('button', { name: 'Ubah' }).click();
  await page.getByRole('dialog').getByLabel('Tanggal').fill('2027-05-21');
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('menggeser jendela dan tenggat');
  await page.getByRole('dialog').getByRole('button', { name: 'Simpan' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Jumat, 21 Mei 2027' })).toBeVisible();
});
