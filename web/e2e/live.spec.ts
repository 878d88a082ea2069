import { emailOf, expect, test } from './fixtures';
import { boardOf, cardOf, columnOf, freshTask, taskNow, titleOf } from './fixtures/tasks';

test('two browsers see each other: who did what glows, and the card moves', async ({
  page,
  api,
  colleague,
}) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending&priority=normal');
  const { page: other, api: manager } = await colleague('admin');
  await page.goto(boardOf(task));
  await other.goto(boardOf(task));
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  await expect(titleOf(page, task)).toBeVisible();
  await cardOf(other, task).hover();
  await cardOf(other, task).getByRole('button', { name: 'Blokir' }).click();
  await other.getByRole('dialog').getByRole('textbox', { name: 'Sebab' }).fill('Foto buram');
  await other.getByRole('dialog').getByRole('button', { name: 'Blokir' }).click();
  const first = manager.name.split(' ')[0] ?? '';
  await expect(page.getByText(first).and(page.locator('b'))).toBeVisible();
  await expect(titleOf(columnOf(page, 'Terblokir'), task)).toBeVisible();
  await expect(columnOf(page, 'Terblokir').getByText(/Foto buram/)).toBeVisible();
});

test('a server that was killed is said to be away, and caught up with when it is back', async ({
  page,
  api,
  server,
}) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto(boardOf(task));
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  // what is needed while the server is away is loaded soon after the page
  await page.waitForFunction(() => performance.getEntriesByName('prepared').length > 0);
  await server.kill();
  await expect(page.getByRole('button', { name: /Menyambung ulang/ })).toBeVisible();
  // what was loaded stays
  await expect(titleOf(page, task)).toBeVisible();
  await cardOf(page, task).hover();
  await cardOf(page, task).getByRole('button', { name: 'Selesai' }).click();
  await expect(page.getByText(`Belum tersimpan: “${task.title}”`)).toBeVisible();
  await server.start();
  await api.post(`/pipeline/tasks/${task.id}/block`, { reason: 'Selagi terputus' });
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText(/Selagi terputus/)).toBeVisible();
});

test('without PostgreSQL the board can be read and says that it cannot store', async ({
  page,
  api,
  server,
}) => {
  const task = await freshTask(api, 'bucket=upcoming&status=pending');
  await page.goto(boardOf(task));
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  server.cutDatabase();
  try {
    await cardOf(page, task).hover();
    await cardOf(page, task).getByRole('button', { name: 'Selesai' }).click();
    await expect(page.getByText(`Belum tersimpan: “${task.title}”`)).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole('button', { name: /Hanya baca/ })).toBeVisible({ timeout: 15_000 });
    await cardOf(page, task).hover();
    await expect(cardOf(page, task).getByRole('button', { name: 'Selesai' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  } finally {
    server.mendDatabase();
  }
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Coba lagi' }).click();
  await expect.poll(async () => (await taskNow(api, task.id)).status).toBe('completed');
});

test.describe('a session that is ended from outside', () => {
  // signing somebody out ends all their sessions: nobody else's here
  test.use({ person: 'documents' });

  test('asks for the password over the page, and what was typed is still there', async ({
    page,
    api,
    server,
  }) => {
    const task = await freshTask(api, 'bucket=upcoming&status=pending&role=document-admin');
    await page.goto(boardOf(task));
    await titleOf(page, task).click();
    const comment = page.getByRole('textbox', { name: 'Tulis komentar' });
    await comment.fill('Sudah saya telepon');
    await server.run('user', 'sessions', 'end', '--tenant', 'al-falah', '--email', emailOf('documents'));
    const again = page.getByRole('dialog', { name: 'Sesi berakhir' });
    await again.getByLabel('Kata sandi').fill('lajur-demo-1447');
    await again.getByRole('button', { name: 'Masuk' }).click();
    await expect(again).toHaveCount(0);
    await expect(comment).toHaveValue('Sudah saya telepon');
    await page.getByRole('button', { name: 'Kirim' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Sudah saya telepon' })).toBeVisible();
  });
});
