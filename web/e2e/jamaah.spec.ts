import { type Api, expect, test } from './fixtures';

interface Person {
  id: string;
  name: string;
  status_version: number;
}

/** Somebody under way, of the many there are; `nth` keeps tests apart. */
async function somebody(api: Api, nth: number): Promise<Person> {
  const { data } = await api.get<Person[]>(
    `/pipeline/jamaah?status=on_track&on_hold=false&sort=name&limit=1&page=${nth}`,
  );
  const [found] = data;
  if (!found) throw new Error('nobody is under way');
  return found;
}

test('the list keeps its filters in the address, over a reload', async ({ page, api }) => {
  const { meta } = await api.get('/pipeline/jamaah?status=active');
  await page.goto('/dashboard/pipeline/jamaah');
  await page.getByRole('combobox', { name: 'Status' }).selectOption('active');
  await expect(page).toHaveURL(/status=active/);
  await expect(page.getByText(`dari ${meta.total} jamaah`)).toBeVisible();
  await page.getByRole('button', { name: 'Halaman berikutnya' }).click();
  await expect(page.getByText(/^21–40 dari/)).toBeVisible();
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Status' })).toHaveValue('active');
  await expect(page.getByText(/^21–40 dari/)).toBeVisible();
  await page.getByRole('button', { name: 'Hapus saringan Status' }).click();
  await expect(page).not.toHaveURL(/status|page/);
});

test('somebody is found by name and opened by keyboard', async ({ page, api }) => {
  const one = await somebody(api, 3);
  await page.goto('/dashboard/pipeline/jamaah');
  await expect(page.getByRole('table')).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type(one.name);
  const link = page.getByRole('link', { name: one.name, exact: true }).first();
  await expect(link).toBeVisible();
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: one.name })).toBeVisible();
  const track = page.getByRole('region', { name: 'Jalur tahap' });
  await expect(track.getByRole('listitem').filter({ hasText: 'Pengajuan Visa' }).first()).toBeVisible();
});

test('a manager holds somebody with a reason, and resumes', async ({ page, api }) => {
  const one = await somebody(api, 5);
  await page.goto(`/dashboard/pipeline/jamaah/${one.id}`);
  await page.getByRole('button', { name: 'Tahan', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Tahan', exact: true }).click();
  await expect(dialog.getByText('Tulis alasannya; ini masuk riwayat.')).toBeVisible();
  await dialog.getByLabel('Alasan').fill('Sakit, menunggu surat dokter');
  await dialog.getByRole('button', { name: 'Tahan', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('region', { name: 'Kenapa' })).toContainText(
    'Ditahan: Sakit, menunggu surat dokter',
  );
  await expect(page.getByRole('region', { name: 'Riwayat' })).toContainText('Sakit, menunggu surat dokter');
  await page.getByRole('button', { name: 'Lanjutkan' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Lanjutkan' }).click();
  await expect(page.getByRole('button', { name: 'Tahan', exact: true })).toBeVisible();
});

test('a decision about what has changed meanwhile is refused, and keeps its reason', async ({
  page,
  api,
}) => {
  const one = await somebody(api, 7);
  await page.goto(`/dashboard/pipeline/jamaah/${one.id}`);
  await page.getByRole('button', { name: 'Tahan', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Alasan').fill('Menunggu mahram');
  // nothing tells the page before the manager presses the button
  await page.route('**/api/v1/pipeline/jamaah/*/hold', async (route) => {
    await api.post(`/pipeline/jamaah/${one.id}/hold`, { reason: 'Sudah ditahan lebih dulu' });
    await route.continue();
  });
  await dialog.getByRole('button', { name: 'Tahan', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('belum tersimpan');
  await expect(dialog.getByLabel('Alasan')).toHaveValue('Menunggu mahram');
});

test('what a colleague does to somebody shows by itself', async ({ page, api }) => {
  const one = await somebody(api, 9);
  await page.goto(`/dashboard/pipeline/jamaah/${one.id}`);
  await expect(page.getByRole('button', { name: 'Tahan', exact: true })).toBeVisible();
  await api.post(`/pipeline/jamaah/${one.id}/hold`, { reason: 'Paspor hilang' });
  await expect(page.getByRole('region', { name: 'Kenapa' })).toContainText('Ditahan: Paspor hilang');
  await api.post(`/pipeline/jamaah/${one.id}/resume`);
  await expect(page.getByRole('region', { name: 'Kenapa' })).not.toContainText('Paspor hilang');
});

test('a new jamaah is registered; what was typed survives a reload of the page', async ({ page, api }) => {
  const { data } = await api.get<{ id: string; code: string }[]>(
    '/pipeline/departures?days=200&sort=-departure_date',
  );
  const departure = data[0];
  await page.goto('/dashboard/pipeline/jamaah');
  await page.getByRole('button', { name: 'Daftarkan' }).click();
  await page.getByRole('dialog').getByLabel('Nama').fill('Rahma Setiawati Putri');
  await page.reload();
  await page.getByRole('button', { name: 'Daftarkan' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Nama')).toHaveValue('Rahma Setiawati Putri');
  await dialog.getByLabel('Nomor paspor').fill('Z9012345');
  await dialog.getByLabel('Tanggal lahir').fill('1980-04-21');
  await dialog.getByLabel('Keberangkatan').selectOption(departure?.id ?? '');
  await dialog.getByRole('button', { name: 'Daftarkan' }).click();
  await expect(page.getByText('Rahma Setiawati Putri terdaftar')).toBeVisible();
  await page.getByRole('button', { name: 'Buka' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Rahma Setiawati Putri' })).toBeVisible();
});

test('the list leaves as a file with its filters', async ({ page, api }) => {
  const { meta } = await api.get('/pipeline/jamaah?blocked=true');
  await page.goto('/dashboard/pipeline/jamaah?blocked=true');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Ekspor CSV dengan saringan ini' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(Buffer.from(chunk));
  const lines = Buffer.concat(chunks).toString().trim().split('\n');
  expect(lines.length).toBe(Number(meta.total) + 1);
});

test.describe('somebody who does the work of one role', () => {
  test.use({ person: 'visa' });

  test('sees why they cannot decide about a jamaah', async ({ page, api }) => {
    const one = await somebody(api, 11);
    await page.goto(`/dashboard/pipeline/jamaah/${one.id}`);
    const hold = page.getByRole('button', { name: 'Tahan', exact: true });
    await expect(hold).toHaveAttribute('aria-disabled', 'true');
    await expect(hold).toHaveAccessibleDescription(/Peran Anda belum boleh/);
    await hold.click({ force: true });
    await expect(page.getByRole('dialog')).toBeHidden();
  });
});
