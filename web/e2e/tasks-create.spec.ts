import { expect, expectAccessible, test } from './fixtures';
import { taskNow } from './fixtures/tasks';

interface Card {
  id: string;
  name: string;
  current_stage_id: string | null;
}

test('a task is made from the board, for somebody found by typing', async ({ page, api }) => {
  const { data } = await api.get<Card[]>('/pipeline/jamaah?status=overdue&limit=5');
  const who = data[0];
  if (!who) throw new Error('nobody is late');
  await page.goto('/dashboard/pipeline/tasks');
  await page.getByRole('button', { name: 'Tugas baru' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tugas baru' });
  await dialog.getByRole('button', { name: 'Buat tugas' }).click();
  await expect(dialog.getByText('Wajib diisi').first()).toBeVisible();
  await expectAccessible(page, '[role="dialog"]');
  await dialog.getByRole('combobox', { name: 'Jamaah' }).fill(who.name);
  await page.getByRole('option', { name: who.name }).first().click();
  const stage = dialog.getByRole('combobox', { name: 'Tahap' });
  await expect(stage).toBeEnabled();
  if (!(await stage.inputValue())) await stage.selectOption({ index: 1 });
  await dialog.getByRole('textbox', { name: 'Judul' }).fill('Telepon keluarga');
  await dialog.getByLabel('Jatuh tempo').fill('2030-01-15');
  await dialog.getByRole('combobox', { name: 'Prioritas' }).selectOption('high');
  await dialog.getByRole('button', { name: 'Buat tugas' }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Buka tugas' }).click();
  await expect(page.getByRole('dialog', { name: 'Telepon keluarga' })).toContainText(who.name);
  const id = new URL(page.url()).searchParams.get('task') ?? '';
  expect(await taskNow(api, id)).toMatchObject({ title: 'Telepon keluarga', priority: 'high' });
});

test('what the server refuses is said, and what was typed stays over a reload', async ({ page, api }) => {
  const { data } = await api.get<Card[]>('/pipeline/jamaah?status=overdue&limit=2');
  const who = data[1];
  if (!who) throw new Error('nobody is late');
  await page.goto(`/dashboard/pipeline/jamaah/${who.id}`);
  await page.getByRole('button', { name: 'Tugas baru' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Tugas baru' });
  const title = dialog.getByRole('textbox', { name: 'Judul' });
  await title.fill('Antar koper');
  const stage = dialog.getByRole('combobox', { name: 'Tahap' });
  if (!(await stage.inputValue())) await stage.selectOption({ index: 1 });
  // the stage is over in the moment in which the button is pressed
  await page.route('**/api/v1/pipeline/tasks', async (route) => {
    const body = JSON.stringify({
      error: {
        code: 'VALIDATION_ERROR',
        message: 'no',
        details: { fields: { stage_id: ['is not active'] } },
      },
    });
    await route.fulfill({ status: 422, contentType: 'application/json', body });
  });
  await dialog.getByRole('button', { name: 'Buat tugas' }).click();
  await expect(dialog.getByText('Tahap ini tidak sedang berjalan lagi')).toBeVisible();
  await expect(dialog.getByRole('alert')).toContainText('belum tersimpan');
  await page.unroute('**/api/v1/pipeline/tasks');
  await page.reload();
  await page.getByRole('button', { name: 'Tugas baru' }).click();
  await expect(title).toHaveValue('Antar koper');
  if (!(await stage.inputValue())) await stage.selectOption({ index: 1 });
  await dialog.getByRole('button', { name: 'Buat tugas' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Antar koper' })).toBeVisible();
});

test.describe('whoever only does work', () => {
  test.use({ person: 'visa' });

  test('is not offered to make tasks', async ({ page }) => {
    await page.goto('/dashboard/pipeline/tasks');
    await expect(page.getByRole('article').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Tugas baru' })).toHaveCount(0);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('many tasks are chosen by tapping, and done at once', async ({ page, api }) => {
    await page.goto('/dashboard/pipeline/tasks?bucket=upcoming&q=a');
    const cards = page.getByRole('article');
    await expect(cards.first()).toBeVisible();
    await page.getByRole('button', { name: 'Pilih beberapa tugas' }).tap();
    const bar = page.getByRole('region', { name: 'Tugas terpilih' });
    await expect(bar).toContainText('Ketuk tugas untuk memilih');
    const ids: string[] = [];
    for (const at of [0, 1]) {
      await cards.nth(at).tap();
      ids.push((await cards.nth(at).getAttribute('data-task')) ?? '');
    }
    await expect(bar).toContainText('2 dipilih');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expectAccessible(page);
    await bar.getByRole('button', { name: 'Prioritas' }).tap();
    await page.getByRole('dialog').getByText('Tinggi', { exact: true }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Simpan prioritas' }).tap();
    await expect
      .poll(async () => Promise.all(ids.map(async (id) => (await taskNow(api, id)).priority)))
      .toEqual(['high', 'high']);
    // over: a tap opens again
    await expect(bar).toHaveCount(0);
    await cards.first().tap();
    await expect(page.getByRole('dialog')).toBeVisible();
  });
});
