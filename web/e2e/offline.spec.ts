import { credentialsOf, expect, expectAccessible, type Page, test } from './fixtures';

test.use({ serviceWorkers: 'allow' });

/** The application and what was on the screen are kept some seconds after the page. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(
    () =>
      new Promise((answer) => {
        const opening = indexedDB.open('lajur');
        opening.onerror = () => answer(false);
        opening.onsuccess = () => {
          const database = opening.result;
          const there = database.objectStoreNames.contains('kept');
          if (!there) {
            database.close();
            answer(false);
            return;
          }
          const asked = database.transaction('kept').objectStore('kept').get('kept');
          asked.onsuccess = () => {
            database.close();
            answer(asked.result !== undefined);
          };
        };
      }),
    undefined,
    { polling: 500, timeout: 20_000 },
  );
}

test('a page that is opened while the server is away shows what was there, and says so', async ({
  page,
  server,
}) => {
  test.slow();
  await page.goto('/dashboard/pipeline');
  const stages = page.getByRole('region', { name: 'Tahap' }).getByRole('link');
  await expect(stages.first()).toBeVisible();
  const names = await stages.allInnerTexts();
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  await kept(page);
  await server.kill();
  try {
    await page.reload();
    await expect(page.getByRole('region', { name: 'Sambungan langsung' })).toContainText('Luring sejak');
    await expect(stages).toHaveCount(names.length);
    await expect(page.getByRole('button', { name: /Luring/ })).toBeVisible();
    await expectAccessible(page);
    // nothing can be changed, and what was never opened is not there
    await page.getByRole('link', { name: 'Papan tugas' }).click();
    await expect(page.getByRole('button', { name: 'Tugas baru' })).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByRole('alert').first()).toContainText('Server tidak terjangkau', {
      timeout: 15_000,
    });
  } finally {
    await server.start();
  }
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('region', { name: 'Sambungan langsung' })).toHaveCount(0);
  await expect(page.getByRole('article').first()).toBeVisible({ timeout: 15_000 });
});

test('who has signed out leaves nothing behind, and nobody sees what was another’s', async ({
  page,
  server,
  context,
}) => {
  test.slow();
  await page.goto('/dashboard/pipeline');
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  await kept(page);
  // somebody else signs in on the same computer, and the network is gone at once
  await context.request.post(`${server.url}/api/v1/auth/login`, { data: credentialsOf('auditor') });
  await page.goto('/dashboard/pipeline');
  await expect(page.getByRole('button', { name: /Auditor/ }).first()).toBeVisible();
  await server.kill();
  try {
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('Server tidak terjangkau');
    await expect(page.getByRole('region', { name: 'Tahap' })).toHaveCount(0);
  } finally {
    await server.start();
  }
  await page.reload();
  await expect(page.getByRole('button', { name: /Langsung/ })).toBeVisible();
  await kept(page);
  await page
    .getByRole('button', { name: /^Akun/ })
    .or(page.getByRole('button', { name: /Auditor/ }))
    .first()
    .click();
  await page.getByRole('button', { name: 'Keluar' }).click();
  await expect(page.getByRole('button', { name: 'Masuk' })).toBeVisible();
  const left = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  expect(left).not.toContain('lajur.person');
  await server.kill();
  try {
    await page.goto('/dashboard/pipeline');
    await expect(page.getByRole('alert')).toContainText('Server tidak terjangkau');
  } finally {
    await server.start();
  }
});
