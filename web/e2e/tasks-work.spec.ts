import { expect, test } from './fixtures';
import { boardOf, cardOf, columnOf, freshTask, freshTasks, taskNow, titleOf } from './fixtures/tasks';

test('completing a task takes its card away, and can be undone', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto(boardOf(task));
  await cardOf(page, task).hover();
  await cardOf(page, task).getByRole('button', { name: 'Selesai' }).click();
  await expect(page.getByText('Tugas selesai')).toBeVisible();
  await expect(titleOf(page, task)).toHaveCount(0);
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('completed');
  await page.getByRole('button', { name: 'Urungkan' }).click();
  await expect(page.getByText('Diurungkan')).toBeVisible();
  await expect(titleOf(page, task)).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('in_progress');
});

test('blocking asks for the reason, and the card shows it in its column', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto(boardOf(task));
  await cardOf(page, task).hover();
  await cardOf(page, task).getByRole('button', { name: 'Blokir' }).click();
  const dialog = page.getByRole('dialog', { name: 'Blokir tugas' });
  await dialog.getByRole('textbox', { name: 'Sebab' }).fill('Paspor belum jadi');
  await dialog.getByRole('checkbox', { name: 'Menunggu pihak luar' }).check();
  await dialog.getByRole('button', { name: 'Blokir' }).click();
  const blocked = columnOf(page, 'Terblokir');
  await expect(titleOf(blocked, task)).toBeVisible();
  await expect(blocked.getByText(/Paspor belum jadi ·/)).toBeVisible();
  await expect
    .poll(() => taskNow(api, task.id))
    .toMatchObject({ status: 'blocked', blocked_by_third_party: true });
});

test('somebody who was faster is named, and the card shows how it is now', async ({
  page,
  api,
  colleague,
}) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending&role=document-admin');
  const { api: documents } = await colleague('documents');
  // news are on their way while the button is pressed
  await page.routeWebSocket(/connection\/websocket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      setTimeout(() => socket.send(message), 1500);
    });
  });
  await page.goto(boardOf(task));
  await expect(titleOf(page, task)).toBeVisible();
  await documents.post(`/pipeline/tasks/${task.id}/complete`);
  await cardOf(page, task).hover();
  await cardOf(page, task).getByRole('button', { name: 'Selesai' }).click();
  const first = documents.name.split(' ')[0];
  await expect(page.getByText(`${first} baru saja menyelesaikan tugas ini`)).toBeVisible();
  await expect(page.getByText(/Perubahan Anda tidak disimpan/)).toBeVisible();
  await page.getByRole('button', { name: 'Lihat tugas' }).click();
  await expect(page.getByRole('dialog', { name: task.title })).toContainText(documents.name);
});

test('a task is assigned, edited and discussed in its drawer', async ({ page, api }) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending&assignee=none');
  await page.goto(boardOf(task));
  await titleOf(page, task).click();
  const drawer = page.getByRole('dialog', { name: task.title });
  await drawer.getByRole('button', { name: 'Tugaskan' }).click();
  const question = page.getByRole('dialog', { name: 'Tugaskan kepada' });
  await question.getByRole('combobox', { name: 'Penanggung jawab' }).fill('siti');
  await page.getByRole('option').first().click();
  await question.getByRole('button', { name: 'Tugaskan' }).click();
  await expect(page.getByText('Penanggung jawab diganti')).toBeVisible();
  await expect.poll(async () => (await taskNow(api, task.id)).assignee).not.toBeNull();

  await drawer.getByRole('button', { name: 'Ubah' }).click();
  await drawer.getByRole('textbox', { name: 'Judul' }).fill('Telepon keluarga dulu');
  await drawer.getByRole('combobox', { name: 'Prioritas' }).selectOption('high');
  await drawer.getByRole('button', { name: 'Simpan' }).click();
  const renamed = page.getByRole('dialog', { name: 'Telepon keluarga dulu' });
  await expect(renamed.getByText('Tinggi')).toBeVisible();

  await renamed.getByRole('textbox', { name: 'Tulis komentar' }).fill('Sudah ditelepon, besok datang.');
  await renamed.getByRole('button', { name: 'Kirim' }).click();
  await expect(renamed.getByRole('listitem').filter({ hasText: 'besok datang' })).toBeVisible();
  await expect(renamed.getByRole('region', { name: 'Riwayat' })).toContainText('diubah');
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/task=/);
});

test('many tasks are completed at once, with what failed told apart', async ({ page, api }) => {
  const tasks = await freshTasks(api, 'bucket=upcoming&status=pending&sort=name', 3);
  await page.goto(`/dashboard/pipeline/tasks?view=table&limit=100&sort=name&status=pending&bucket=upcoming`);
  for (const task of tasks) {
    await page
      .getByRole('checkbox', { name: `Pilih ${task.title}, ${task.jamaah_name}`, exact: true })
      .check();
  }
  await expect(page.getByText('3 dipilih')).toBeVisible();
  // one of them is done already when the request arrives, and this page has not heard of it
  const [first, ...others] = tasks;
  await page.route('**/api/v1/pipeline/tasks/bulk', async (route) => {
    await api.post(`/pipeline/tasks/${first?.id}/complete`);
    await route.continue();
  });
  await page.getByRole('button', { name: 'Selesaikan' }).click();
  await expect(page.getByText('1 dari 3 tugas gagal')).toBeVisible();
  await page.getByRole('button', { name: 'Lihat', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Yang gagal' })).toContainText(first?.jamaah_name ?? '');
  for (const task of others) {
    await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('completed');
  }
});

test('all that a filter finds is chosen in a second step, and many are asked about', async ({
  page,
  api,
}) => {
  const query = 'role=document-admin&status=pending&priority=normal';
  const { meta } = await api.get(`/pipeline/tasks?${query}&limit=1`);
  const all = Number(meta.total);
  await page.goto(`/dashboard/pipeline/tasks?view=table&limit=20&${query}`);
  await page.getByRole('checkbox', { name: 'Pilih semua di halaman ini' }).check();
  await expect(page.getByText('20 dipilih')).toBeVisible();
  await page.getByRole('button', { name: `Pilih semua ${all}` }).click();
  await expect(page.getByText(`${all} dipilih`)).toBeVisible();
  await page.getByRole('button', { name: 'Prioritas', exact: true }).last().click();
  const question = page.getByRole('dialog', { name: `Prioritas ${all} tugas` });
  await question.getByRole('radio', { name: 'Rendah' }).check();
  await question.getByRole('button', { name: 'Simpan prioritas' }).click();
  const sure = page.getByRole('dialog', { name: `Ubah ${all} tugas` });
  await sure.getByRole('button', { name: `Ubah ${all} tugas` }).click();
  await expect(page.getByText(`${all} tugas diubah`)).toBeVisible();
  const { meta: after } = await api.get(
    '/pipeline/tasks?role=document-admin&status=pending&priority=low&limit=1',
  );
  expect(Number(after.total)).toBeGreaterThanOrEqual(all);
  await page.getByRole('button', { name: 'Urungkan' }).click();
  await expect(page.getByText('Diurungkan')).toBeVisible();
  expect((await api.get(`/pipeline/tasks?${query}&limit=1`)).meta.total).toBe(all);
});

test.describe('whoever only reads', () => {
  test.use({ person: 'auditor' });

  test('sees what they may not do, and why', async ({ page, api }) => {
    const task = await freshTask(api, 'bucket=upcoming&status=pending');
    await page.goto(boardOf(task));
    await cardOf(page, task).hover();
    const complete = cardOf(page, task).getByRole('button', { name: 'Selesai' });
    await expect(complete).toHaveAttribute('aria-disabled', 'true');
    await expect(complete).toHaveAccessibleDescription('Peran Anda hanya dapat melihat.');
    await complete.click({ force: true });
    expect((await taskNow(api, task.id)).status).toBe('pending');
    await expect(cardOf(page, task).getByRole('link', { name: /WhatsApp/ })).toHaveAttribute(
      'href',
      /^https:\/\/wa\.me\/62\d+$/,
    );
  });
});

test.describe('whoever does the work of one role', () => {
  test.use({ person: 'documents' });

  test('completes their own tasks and not those of others', async ({ page, api }) => {
    const own = await freshTask(api, 'status=pending&role=document-admin');
    const other = await freshTask(api, 'status=pending&role=logistics-admin');
    await page.goto(boardOf(own, 'table'));
    await titleOf(page, own).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Selesai' }).click();
    await expect(page.getByText('Tugas selesai')).toBeVisible();
    await page.goto(boardOf(other, 'table'));
    await titleOf(page, other).click();
    await expect(
      page.getByRole('dialog').getByRole('button', { name: 'Selesai' }),
    ).toHaveAccessibleDescription('Tugas ini milik peran lain.');
  });
});
