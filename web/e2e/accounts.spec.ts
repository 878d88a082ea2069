import type { APIRequestContext } from '@playwright/test';
import type { Permission } from '@/shared/api/types';
import { holds } from '@/shared/session/permissions';
import { type Api, expect, expectAccessible, type Page, test } from './fixtures';
import type { LajurServer } from './fixtures/server';

const PASSWORD = 'kuda-laut-menari-pelan';
const OTHER = 'pohon-mangga-di-halaman';

const addressOf = (mailbox: string): string => `${mailbox}@al-falah.example`;

/** Somebody of a test's own, whom no other test signs in as; `request` is signed in as them. */
async function come(
  server: LajurServer,
  admin: Api,
  request: APIRequestContext,
  mailbox: string,
): Promise<void> {
  await admin.post('/users', {
    email: addressOf(mailbox),
    name: `Tamu ${mailbox}`,
    roles: ['logistics-admin'],
  });
  const token = new URL(await server.linkMailedTo(addressOf(mailbox))).searchParams.get('token');
  const answer = await request.post(`${server.url}/api/v1/auth/invitation`, {
    data: { token, password: PASSWORD },
  });
  expect(answer.ok()).toBe(true);
}

async function fillPassword(page: Page, password: string, again = password): Promise<void> {
  await page.getByLabel('Kata sandi baru', { exact: true }).fill(password);
  await page.getByLabel('Ulangi kata sandi baru').fill(again);
}

test.describe('an administrator', () => {
  test.use({ person: 'admin' });

  test('invites somebody, who comes, and keeps them out again', async ({ page, server, browser }) => {
    test.slow();
    const email = 'nur.hidayah@al-falah.example';
    await page.goto('/dashboard/users');
    await page.getByRole('button', { name: 'Undang' }).click();
    const dialog = page.getByRole('dialog', { name: 'Undang orang' });
    await dialog.getByRole('button', { name: 'Kirim undangan' }).click();
    await expect(dialog.getByText('Bukan alamat surel yang dapat dikirimi')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Surel' }).fill(email);
    await dialog.getByRole('textbox', { name: 'Nama' }).fill('Nur Hidayah');
    await dialog.getByRole('checkbox', { name: 'Visa' }).check();
    await expectAccessible(page, '[role="dialog"]');
    await dialog.getByRole('button', { name: 'Kirim undangan' }).click();
    await expect(page.getByText(`Undangan terkirim ke ${email}`)).toBeVisible();
    await page.getByRole('searchbox').fill('hidayah');
    const row = page.getByRole('row', { name: /Nur Hidayah/ });
    await expect(row).toContainText('Diundang');

    const context = await browser.newContext({ baseURL: server.url, locale: 'id-ID' });
    const guest = await context.newPage();
    await guest.goto(await server.linkMailedTo(email));
    await expect(guest.getByText(/mengundang Anda sebagai nur\.hidayah/)).toBeVisible();
    await expectAccessible(guest);
    await fillPassword(guest, 'pendek');
    await guest.getByRole('button', { name: 'Terima undangan' }).click();
    await expect(guest.getByText('Minimal 12 huruf', { exact: true })).toBeVisible();
    await fillPassword(guest, 'passwordpassword');
    await guest.getByRole('button', { name: 'Terima undangan' }).click();
    await expect(guest.getByText(/Terlalu mudah ditebak/)).toBeVisible();
    await fillPassword(guest, PASSWORD);
    await guest.getByRole('button', { name: 'Terima undangan' }).click();
    await expect(guest.getByRole('heading', { level: 1, name: 'Ikhtisar' })).toBeVisible();
    await expect(guest.getByRole('button', { name: /Nur Hidayah/ }).first()).toBeVisible();
    await expect(guest.getByRole('button', { name: /Langsung/ })).toBeVisible();

    await page.reload();
    await expect(row).toContainText('Aktif');
    await row.getByRole('link', { name: 'Nur Hidayah' }).click();
    const person = page.getByRole('dialog', { name: 'Nur Hidayah' });
    await expect(person.getByRole('listitem')).toHaveCount(1);
    await expectAccessible(page, '[role="dialog"]');
    await person.getByRole('button', { name: 'Nonaktifkan' }).click();
    await person.getByRole('alertdialog').getByRole('button', { name: 'Nonaktifkan' }).click();
    await expect(page.getByText('Nur Hidayah dinonaktifkan')).toBeVisible();
    await expect(person.getByRole('button', { name: 'Aktifkan lagi' })).toBeVisible();
    // their page is told at once
    await expect(guest.getByRole('dialog', { name: 'Sesi berakhir' })).toBeVisible();
    await context.close();
  });

  test('gives somebody another name and role', async ({ page, server, colleague, playwright }) => {
    const { api: admin } = await colleague('admin');
    const request = await playwright.request.newContext();
    await come(server, admin, request, 'peran');
    await request.dispose();
    await page.goto('/dashboard/users?q=peran');
    await page.getByRole('table').getByRole('link', { name: 'Tamu peran' }).click();
    const person = page.getByRole('dialog', { name: 'Tamu peran' });
    await person.getByRole('textbox', { name: 'Nama', exact: true }).fill('Tamu peran baru');
    await person.getByRole('checkbox', { name: 'Visa' }).check();
    await person.getByRole('button', { name: 'Simpan' }).click();
    await expect(person).toHaveCount(0);
    await expect(page.getByRole('row', { name: /Tamu peran baru/ })).toContainText('Visa');
  });

  test('switches permissions in the matrix, and adds and deletes a role', async ({ page }) => {
    await page.goto('/dashboard/roles');
    const matrix = page.getByRole('table');
    await expect(matrix).toBeVisible();
    const cell = matrix.getByRole('checkbox', { name: 'Auditor: Mengomentari tugas' });
    await cell.focus();
    await page.keyboard.press('Space');
    await expect(page.getByText('1 izin diubah, belum disimpan.')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Simpan izin' }).click();
    await expect(page.getByText('Izin tersimpan')).toBeVisible();
    await page.reload();
    await expect(cell).toBeChecked();
    // a whole has its parts
    await matrix.getByRole('checkbox', { name: /^Auditor: Mengerjakan tugas perannya/ }).check();
    await expect(cell).toBeChecked();
    await expect(cell).toBeDisabled();
    await page.getByRole('button', { name: 'Buang' }).click();

    await page.getByRole('button', { name: 'Peran baru' }).click();
    const dialog = page.getByRole('dialog', { name: 'Peran baru' });
    await expect(dialog.getByRole('checkbox', { name: 'Mengekspor data' })).toBeAttached();
    // before it is scrolled, so that nothing is half behind its head
    await expectAccessible(page, '[role="dialog"]');
    await dialog.getByRole('textbox', { name: 'Nama' }).fill('Keuangan');
    await dialog.getByRole('textbox', { name: 'Kode' }).fill('Keuangan!');
    await dialog.getByRole('checkbox', { name: 'Mengekspor data' }).check();
    await dialog.getByRole('button', { name: 'Tambah peran' }).click();
    await expect(dialog.getByText(/Huruf kecil, angka, dan tanda hubung di tengah/)).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Kode' }).fill('keuangan');
    await dialog.getByRole('button', { name: 'Tambah peran' }).click();
    await expect(page.getByText('Peran Keuangan tersimpan')).toBeVisible();
    await page.getByRole('button', { name: 'Ubah peran Keuangan' }).click();
    const edit = page.getByRole('dialog', { name: 'Peran Keuangan' });
    await edit.getByRole('button', { name: 'Hapus peran' }).click();
    await edit.getByRole('alertdialog').getByRole('button', { name: 'Hapus peran' }).click();
    await expect(page.getByText('Peran Keuangan dihapus')).toBeVisible();
    await expect(matrix.getByText('Keuangan')).toHaveCount(0);
  });

  test('limits a role to stages, where what cannot be limited has no place', async ({ page }) => {
    await page.goto('/dashboard/roles?edit=new');
    const dialog = page.getByRole('dialog', { name: 'Peran baru' });
    await dialog.getByRole('textbox', { name: 'Nama' }).fill('Bantuan visa');
    await dialog.getByRole('textbox', { name: 'Kode' }).fill('visa-helper');
    await dialog.getByRole('checkbox', { name: 'Menyelesaikan tugas' }).check();
    await dialog.getByRole('checkbox', { name: 'Mengatur tahap', exact: true }).check();
    await dialog.getByRole('group', { name: 'Hanya di tahap ini' }).getByRole('checkbox').first().check();
    await dialog.getByRole('button', { name: 'Tambah peran' }).click();
    await expect(
      dialog.getByText(/Tidak dapat dibatasi, jadi tidak dapat diberikan: Mengatur tahap/),
    ).toBeVisible();
    await dialog.getByRole('checkbox', { name: 'Mengatur tahap', exact: true }).uncheck();
    await dialog.getByRole('button', { name: 'Tambah peran' }).click();
    await expect(page.getByText('Peran Bantuan visa tersimpan')).toBeVisible();
    const head = page.getByRole('columnheader', { name: /Bantuan visa/ });
    await expect(head).toContainText('1 tahap');
    await expect(page.getByRole('checkbox', { name: 'Bantuan visa: Mengimpor manifes' })).toBeDisabled();
    await expectAccessible(page);
  });

  test('makes a key that is shown once, replaces and revokes it', async ({ page, server, request }) => {
    await page.goto('/dashboard/api-keys');
    await page.getByRole('button', { name: 'Kunci baru' }).click();
    const dialog = page.getByRole('dialog', { name: 'Kunci baru' });
    await dialog.getByRole('textbox', { name: 'Nama' }).fill('Akuntansi');
    await dialog.getByRole('button', { name: 'Buat kunci' }).click();
    await expect(dialog.getByText('Pilih sedikitnya satu izin')).toBeVisible();
    await dialog.getByRole('checkbox', { name: /^Melihat ikhtisar/ }).check();
    await dialog.getByLabel('Berakhir pada').fill('2030-12-31');
    await expectAccessible(page, '[role="dialog"]');
    await dialog.getByRole('button', { name: 'Buat kunci' }).click();
    const shown = page.getByRole('dialog', { name: 'Kunci Akuntansi' });
    const key = await shown.getByLabel('Kunci', { exact: true }).inputValue();
    const ask = (with_: string) =>
      request.get(`${server.url}/api/v1/pipeline/health`, { headers: { authorization: `Bearer ${with_}` } });
    expect((await ask(key)).status()).toBe(200);
    await page.context().grantPermissions(['clipboard-write', 'clipboard-read']);
    await shown.getByRole('button', { name: 'Salin kunci' }).click();
    await expect(shown.getByText('Tersalin')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await page.keyboard.press('Escape');
    await expect(shown).toBeVisible();
    await shown.getByRole('button', { name: 'Sudah saya simpan' }).click();
    const row = page.getByRole('row', { name: /Akuntansi/ });
    await expect(row).toContainText('Aktif');

    await row.getByRole('button', { name: 'Ganti kunci Akuntansi' }).click();
    await page.getByRole('dialog').getByLabel('Kunci lama berlaku, jam').fill('0');
    await page.getByRole('dialog').getByRole('button', { name: 'Ganti kunci' }).click();
    const next = await shown.getByLabel('Kunci', { exact: true }).inputValue();
    await shown.getByRole('button', { name: 'Sudah saya simpan' }).click();
    await expect.poll(async () => (await ask(key)).status()).toBe(401);
    expect((await ask(next)).status()).toBe(200);

    await row.getByRole('button', { name: 'Cabut kunci Akuntansi' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cabut kunci' }).click();
    await expect(page.getByText('Kunci Akuntansi dicabut')).toBeVisible();
    await expect.poll(async () => (await ask(next)).status()).toBe(401);
    await page.getByRole('button', { name: 'Tampilkan yang tidak berlaku lagi' }).click();
    await expect(row).toContainText('Dicabut');
  });

  for (const language of ['id', 'en'] as const) {
    test.describe(language, () => {
      test.use({ language });

      for (const address of ['users', 'roles', 'api-keys', 'profile']) {
        test(`axe finds nothing on the page of ${address}`, async ({ page }) => {
          await page.goto(`/dashboard/${address}`);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await page.waitForLoadState('networkidle');
          await expectAccessible(page);
        });
      }
    });
  }

  test.describe('on a phone', () => {
    test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

    test('sees one role at a time', async ({ page }) => {
      await page.goto('/dashboard/roles');
      await page.getByRole('combobox', { name: 'Peran' }).selectOption({ label: 'Auditor' });
      await expect(page).toHaveURL(/role=auditor/);
      await expect(page.getByRole('checkbox', { name: 'Membaca jejak audit' })).toBeChecked();
      await expectAccessible(page);
      for (const address of ['users', 'roles', 'api-keys', 'profile']) {
        await page.goto(`/dashboard/${address}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(390);
      }
    });
  });
});

test.describe('whoever does not administer people', () => {
  test.use({ person: 'visa' });

  test('does not see those pages in the navigation', async ({ page }) => {
    await page.goto('/dashboard/pipeline/tasks');
    const navigation = page.getByRole('navigation', { name: 'Halaman' }).first();
    await expect(navigation.getByRole('link', { name: /Papan tugas/ })).toBeVisible();
    for (const name of ['Pengguna', 'Peran & izin', 'Kunci API']) {
      await expect(navigation.getByRole('link', { name })).toHaveCount(0);
    }
    await page.goto('/dashboard/users');
    await expect(page.getByText('Halaman ini bukan untuk peran Anda')).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe('somebody by themselves', () => {
  test.use({ person: 'nobody' });

  test('ends a session elsewhere, and changes the password', async ({
    page,
    server,
    colleague,
    playwright,
  }) => {
    const { api: admin } = await colleague('admin');
    await come(server, admin, page.context().request, 'profil');
    const elsewhere = await playwright.request.newContext();
    const credentials = { tenant: 'al-falah', email: addressOf('profil'), password: PASSWORD };
    await elsewhere.post(`${server.url}/api/v1/auth/login`, { data: credentials });
    await page.goto('/dashboard/pipeline/tasks');
    await page.getByRole('button', { name: /Tamu profil/ }).click();
    await page.getByRole('link', { name: 'Profil saya' }).click();
    const sessions = page.getByRole('region', { name: 'Tempat Anda masuk' });
    await expect(sessions.getByRole('listitem')).toHaveCount(2);
    await expect(sessions.getByText('sesi ini')).toHaveCount(1);
    await sessions.getByRole('button', { name: /^Akhiri sesi/ }).click();
    await expect(sessions.getByRole('listitem')).toHaveCount(1);
    expect((await elsewhere.get(`${server.url}/api/v1/me`)).status()).toBe(401);
    await elsewhere.dispose();

    const form = page.getByRole('form', { name: 'Kata sandi' });
    await form.getByLabel('Kata sandi sekarang').fill('bukan yang benar');
    await fillPassword(page, OTHER);
    await form.getByRole('button', { name: 'Ganti kata sandi' }).click();
    await expect(form.getByText('Bukan kata sandi Anda yang sekarang')).toBeVisible();
    await form.getByLabel('Kata sandi sekarang').fill(PASSWORD);
    await fillPassword(page, OTHER, `${OTHER}x`);
    await form.getByRole('button', { name: 'Ganti kata sandi' }).click();
    await expect(form.getByText('Tidak sama dengan yang di atas')).toBeVisible();
    await fillPassword(page, OTHER);
    await form.getByRole('button', { name: 'Ganti kata sandi' }).click();
    await expect(page.getByText('Kata sandi diganti')).toBeVisible();
  });

  test('who has forgotten the password gets a link that is good once', async ({
    page,
    server,
    colleague,
    playwright,
  }) => {
    const { api: admin } = await colleague('admin');
    const request = await playwright.request.newContext();
    await come(server, admin, request, 'lupa');
    await request.dispose();
    const email = addressOf('lupa');
    await page.goto('/login');
    await page.getByRole('link', { name: 'Lupa kata sandi?' }).click();
    await expectAccessible(page);
    await page.getByLabel('Organisasi').fill('al-falah');
    await page.getByLabel('Surel').fill(email);
    await page.getByRole('button', { name: 'Kirim tautan' }).click();
    await expect(page.getByRole('status')).toContainText('Periksa surel Anda');
    const link = await server.linkMailedTo(email, 'reset-password');
    await page.goto(link);
    await expect(page.getByText(new RegExp(`Untuk ${email}`))).toBeVisible();
    await expectAccessible(page);
    await fillPassword(page, OTHER);
    await page.getByRole('button', { name: 'Simpan kata sandi' }).click();
    await expect(page.getByText('Kata sandi tersimpan')).toBeVisible();
    await page.goto(link);
    await expect(page.getByRole('alert')).toContainText('Tautan ini tidak berlaku lagi');
    await page.goto('/login');
    await page.getByLabel('Organisasi').fill('al-falah');
    await page.getByLabel('Surel').fill(email);
    await page.getByLabel('Kata sandi').fill(OTHER);
    await page.getByRole('button', { name: 'Masuk' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Ikhtisar' })).toBeVisible();
  });
});

test('the application knows which permissions are parts of others as the server does', async ({ api }) => {
  const { data } = await api.get<{ id: Permission; part_of: Permission | null }[]>('/permissions');
  const ids = data.map(({ id }) => id);
  for (const whole of ids) {
    const parts = data.filter(({ part_of }) => part_of === whole).map(({ id }) => id);
    expect(ids.filter((id) => holds([whole], id)).sort()).toEqual([whole, ...parts].sort());
  }
});
