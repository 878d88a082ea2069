import { type Api, expect, expectAccessible, test } from './fixtures';

const first = async (api: Api, path: string): Promise<string> => {
  const { data } = await api.get<{ id: string }[]>(path);
  if (!data[0]) throw new Error(`${path} is empty`);
  return data[0].id;
};

/** Pages, and the accessible part that shows that they are drawn. */
const PAGES = {
  jamaah: async () => '/dashboard/pipeline/jamaah?status=overdue',
  'a jamaah': async (api: Api) =>
    `/dashboard/pipeline/jamaah/${await first(api, '/pipeline/jamaah?status=overdue&limit=1')}`,
  departures: async () => '/dashboard/pipeline/departures',
  'a departure': async (api: Api) =>
    `/dashboard/pipeline/departures/${await first(api, '/pipeline/departures?days=40&limit=1')}`,
  stages: async () => '/dashboard/pipeline/stages?stage=visa-application',
  imports: async () => '/dashboard/pipeline/imports',
  overview: async () => '/dashboard/pipeline',
};

for (const language of ['id', 'en'] as const) {
  test.describe(language, () => {
    test.use({ language });

    for (const [name, address] of Object.entries(PAGES)) {
      test(`axe finds nothing on the page of ${name}`, async ({ page, api }) => {
        await page.goto(await address(api));
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await page.waitForLoadState('networkidle');
        await expectAccessible(page);
      });
    }

    test('axe finds nothing on a manifest with problems', async ({ page }) => {
      await page.goto('/dashboard/pipeline/imports');
      await page.locator('input[type=file]').setInputFiles({
        name: 'manifest.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(
          'Nama;No. Paspor;Tgl Lahir;Tgl Berangkat\nSiti;12345;31/02/1970;12/03/2027\nAli Umar;B1234567;01/01/1970;12/03/2027\n',
        ),
      });
      await expect(page.getByRole('table')).toBeVisible();
      await expectAccessible(page);
    });
  });
}
