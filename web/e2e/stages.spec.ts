import { type Api, expect, test } from './fixtures';

interface Stage {
  id: string;
  code: string;
  name: string;
  version: number;
}

const stagesOf = async (api: Api): Promise<Stage[]> =>
  (await api.get<Stage[]>('/pipeline/stages?limit=100')).data;

test('a stage is moved by keyboard alone, and its order saved', async ({ page, api }) => {
  const before = await stagesOf(api);
  const [first, second] = before;
  await page.goto('/dashboard/pipeline/stages');
  const handle = page.getByRole('button', { name: `Pindahkan ${second?.name}` });
  await handle.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(`${second?.name} di posisi 1 dari ${before.length}.`)).toBeAttached();
  await page.keyboard.press('Space');
  await expect(handle).toBeFocused();
  await page.getByRole('button', { name: 'Simpan urutan' }).click();
  await expect(page.getByText('Urutan tahap tersimpan')).toBeVisible();
  expect((await stagesOf(api)).slice(0, 2).map(({ code }) => code)).toEqual([second?.code, first?.code]);
  await api.put('/pipeline/stages/order', { stage_ids: before.map(({ id }) => id) });
});

test('a lifted stage goes back with Escape', async ({ page, api }) => {
  const [, second] = await stagesOf(api);
  await page.goto('/dashboard/pipeline/stages');
  await page.getByRole('button', { name: `Pindahkan ${second?.name}` }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: 'Simpan urutan' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Simpan urutan' })).toBeHidden();
});

test('a stage is dragged onto another place', async ({ page, api }) => {
  const before = await stagesOf(api);
  await page.goto('/dashboard/pipeline/stages');
  const handle = page.getByRole('button', { name: `Pindahkan ${before[3]?.name}` });
  await handle.dragTo(page.getByRole('button', { name: `Pindahkan ${before[0]?.name}` }));
  await expect(
    page
      .getByRole('listitem')
      .filter({ hasText: before[3]?.name ?? '' })
      .first(),
  ).toContainText('1');
  await expect(page.getByRole('button', { name: 'Simpan urutan' })).toBeVisible();
});

test('stages that would wait for each other are refused at their field, and nothing is lost', async ({
  page,
  api,
}) => {
  const stages = await stagesOf(api);
  const visa = stages.find(({ code }) => code === 'visa-application');
  await page.goto('/dashboard/pipeline/stages?stage=visa-application');
  await page.getByRole('textbox', { name: 'Nama', exact: true }).fill('Pengajuan Visa Umrah');
  await page
    .getByRole('group', { name: 'Bergantung pada' })
    .getByLabel(/Siap Berangkat/)
    .check();
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  const group = page.getByRole('group', { name: 'Bergantung pada' });
  await expect(group.getByRole('alert')).toContainText('saling menunggu');
  await expect(page.getByRole('alert').filter({ hasText: 'belum tersimpan' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Nama', exact: true })).toHaveValue('Pengajuan Visa Umrah');
  await group.getByLabel(/Siap Berangkat/).uncheck();
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  await expect(page.getByText('Pengajuan Visa Umrah tersimpan')).toBeVisible();
  const after = await stagesOf(api);
  expect(after.find(({ code }) => code === 'visa-application')?.version).toBeGreaterThan(visa?.version ?? 0);
});

test('what was typed survives a session that ends', async ({ page }) => {
  await page.goto('/dashboard/pipeline/stages?stage=visa-approval');
  await page.getByLabel('SLA, hari').fill('8');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Simpan', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Kata sandi').fill('lajur-demo-1447');
  await dialog.getByRole('button', { name: 'Masuk' }).click();
  await expect(page.getByText('Persetujuan Visa tersimpan')).toBeVisible();
});

test('a new stage is added with a task, applied to people after a count, and retired', async ({ page }) => {
  await page.goto('/dashboard/pipeline/stages');
  await page.getByRole('button', { name: 'Tahap baru' }).click();
  await page.getByRole('textbox', { name: 'Nama', exact: true }).fill('Vaksin Meningitis');
  await page.getByLabel('Kode').fill('vaccination');
  await page.getByRole('button', { name: 'Tambah tugas' }).click();
  await page.getByLabel('Nama tugas, tugas 1').fill('Terima buku vaksin');
  await page.getByRole('button', { name: 'Tambah tahap' }).click();
  await expect(page.getByText('Vaksin Meningitis tersimpan')).toBeVisible();
  const banner = page.getByRole('region', { name: 'Terapkan versi terbaru' });
  await expect(banner).toContainText(/\d+ tahap ditambahkan/);
  await banner.getByRole('button', { name: /^Terapkan ke/ }).click();
  await expect(page.getByRole('dialog')).toContainText(/tahap ditambahkan/);
  await page.getByRole('dialog').getByRole('button', { name: 'Batal' }).click();
  await page.getByRole('button', { name: /^Vaksin Meningitis/ }).click();
  await page.getByRole('button', { name: 'Pensiunkan' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pensiunkan' }).click();
  await expect(page.getByText('Vaksin Meningitis dipensiunkan')).toBeVisible();
  // it is listed with the retired ones
  await page.getByText(/^\d+ tahap pensiun$/).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'vaccination' })).toBeVisible();
});

test.describe('somebody who may only read', () => {
  test.use({ person: 'auditor' });

  test('is told why the order cannot be changed', async ({ page }) => {
    await page.goto('/dashboard/pipeline/stages');
    const handle = page.getByRole('button', { name: 'Pindahkan Pengumpulan Dokumen' });
    await expect(handle).toHaveAccessibleDescription(/Peran Anda belum boleh/);
  });
});
