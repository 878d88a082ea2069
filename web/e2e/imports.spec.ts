import { expect, type Page, test } from './fixtures';
import { workbook } from './fixtures/workbook';

const HEADER = 'No;Nama Lengkap;No. Paspor;Tgl Lahir;Kode Keberangkatan;Tgl Berangkat';

const row = (number: number, name: string, passport: string, born: string) =>
  `${number};${name};${passport};${born};UMR-IMPOR;12/03/2027`;

async function take(page: Page, name: string, lines: string[]): Promise<void> {
  await page.goto('/dashboard/pipeline/imports');
  await page.getByLabel('Berkas manifes').setInputFiles({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(`${[HEADER, ...lines].join('\n')}\n`),
  });
  await expect(page.getByRole('region', { name: 'Ringkasan uji coba' })).toBeVisible();
}

test('a file with errors is looked at, repaired, and imported', async ({ page, api }) => {
  const before = Number((await api.get('/pipeline/jamaah?q=Impor')).meta.total);
  await take(page, 'manifes-maret.csv', [
    row(1, 'Impor Pertama', 'C1000001', '01/02/1970'),
    row(2, 'Impor Kedua', 'C1000002', '31/02/1970'),
    row(3, 'Impor Ketiga', 'c 1000001', '05/06/1988'),
    row(4, '"Impor; Keempat"', '', '05/06/1988'),
  ]);
  const problems = page.getByRole('region', { name: 'Masalah di berkas' });
  await expect(problems.getByRole('row')).toHaveCount(4);
  // rows are counted as a spreadsheet program counts them
  await expect(problems.getByRole('row').nth(1)).toContainText(/^3Impor Kedua/);
  await expect(problems).toContainText('Sama dengan baris 2 (Impor Pertama)');
  await page.getByRole('button', { name: /^Tanggal tidak ada/ }).click();
  await expect(page).toHaveURL(/problem=invalid_date/);
  await expect(problems.getByRole('row')).toHaveCount(2);
  await page.getByLabel('Perbaikan baris 3, Tgl Lahir').fill('28/02/1970');
  await page.getByRole('button', { name: /^Semua masalah/ }).click();
  await page.getByLabel('Perbaikan baris 5, No. Paspor').fill('C1000004');
  await page.getByRole('button', { name: 'Periksa lagi dengan 2 perbaikan' }).click();
  await expect(problems.getByRole('row')).toHaveCount(2);
  await expect(problems.getByRole('row').nth(1)).toContainText(/^4Impor Ketiga/);
  await page.getByRole('button', { name: 'Impor 3 baris' }).click();
  const result = page.getByRole('region', { name: 'Impor ini' });
  await expect(result).toContainText('Selesai');
  await expect(result.getByText('Ditolak')).toBeVisible();
  expect(Number((await api.get('/pipeline/jamaah?q=Impor')).meta.total)).toBe(before + 3);
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    result.getByRole('link', { name: 'Unduh laporan (CSV)' }).click(),
  ]);
  expect(report.suggestedFilename()).toMatch(/\.csv$/);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Impor sebelumnya' })).toContainText('manifes-maret.csv');
  await expect(result).toContainText('Selesai');
});

test('an Excel file is repaired cell by cell, and the rest of it goes in as it came', async ({
  page,
  api,
}) => {
  await page.goto('/dashboard/pipeline/imports');
  // 25569 is the first of January 1970, in the way of spreadsheet programs
  await page.getByLabel('Berkas manifes').setInputFiles({
    name: 'manifes.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbook([
      ['DAFTAR JAMAAH'],
      ['Nama Lengkap', 'No. Paspor', 'Tgl Lahir', 'Kode Keberangkatan', 'Tgl Berangkat'],
      ['Excel & Pertama', 'D1000001', 25569, 'UMR-EXCEL', '12/03/2027'],
      ['Excel Kedua', '12', 25570, 'UMR-EXCEL', '12/03/2027'],
      ['Excel Ketiga', 'D1000003', '31/02/1970', 'UMR-EXCEL', '12/03/2027'],
    ]),
  });
  const problems = page.getByRole('region', { name: 'Masalah di berkas' });
  await expect(problems.getByRole('row')).toHaveCount(3);
  await expect(problems.getByRole('row').nth(1)).toContainText(/^4Excel Kedua/);
  await page.getByLabel('Perbaikan baris 4, No. Paspor').fill('D1000002');
  await page.getByLabel('Perbaikan baris 5, Tgl Lahir').fill('28/02/1970');
  await page.getByRole('button', { name: 'Periksa lagi dengan 2 perbaikan' }).click();
  await expect(problems).toHaveCount(0);
  await page.getByRole('button', { name: 'Impor 3 baris' }).click();
  await expect(page.getByRole('region', { name: 'Impor ini' })).toContainText('Selesai');
  const { data } = await api.get<{ id: string; name: string }[]>('/pipeline/jamaah?q=Excel&sort=name');
  expect(data.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Excel & Pertama', 'Excel Kedua', 'Excel Ketiga']),
  );
  const born = await Promise.all(
    data.map(
      async ({ id }) => (await api.get<{ birth_date: string }>(`/pipeline/jamaah/${id}`)).data.birth_date,
    ),
  );
  expect(born.sort()).toEqual(['1970-01-01', '1970-01-02', '1970-02-28']);
});

test('a file without a column that is needed says which, and cannot be imported', async ({ page }) => {
  await page.goto('/dashboard/pipeline/imports');
  await page.getByLabel('Berkas manifes').setInputFiles({
    name: 'tanpa-paspor.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Nama;Tgl Lahir;Tgl Berangkat\nSiti Aminah;01/02/1970;12/03/2027\n'),
  });
  await expect(page.getByRole('region', { name: 'Masalah di berkas' })).toContainText(
    'Kolom ini harus ada di berkas.',
  );
  await expect(page.getByRole('button', { name: /^Impor \d+ baris/ })).toBeDisabled();
});

test('a file of another kind is not taken', async ({ page }) => {
  await page.goto('/dashboard/pipeline/imports');
  await page.getByLabel('Berkas manifes').setInputFiles({
    name: 'foto.png',
    mimeType: 'image/png',
    buffer: Buffer.from('png'),
  });
  await expect(page.getByRole('alert')).toContainText('Hanya berkas CSV atau XLSX');
});
