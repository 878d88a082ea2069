/** Each page in both themes, on a desk and on a telephone. */

import { fileURLToPath } from 'node:url';
import { type Api, expect, type Page, test } from './fixtures';

const PLACE = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const WIDTHS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const idOf = async (api: Api, path: string): Promise<string> => {
  const { data } = await api.get<{ id: string }[]>(path);
  if (!data[0]) throw new Error(`${path} is empty`);
  return data[0].id;
};

interface Shown {
  address: (api: Api) => Promise<string>;
  /** What is done on the page before the picture. */
  before?: (page: Page) => Promise<void>;
}

const at = (address: string): Shown => ({ address: async () => address });

const MANIFEST = `No;Nama Lengkap;No. Paspor;Tgl Lahir;Kode Keberangkatan;Tgl Berangkat
1;Siti Rahmawati;C1000001;01/02/1970;UMR-270312-A;12/03/2027
2;Budi Santoso;12345;17/08/1965;UMR-270312-A;12/03/2027
3;Mahmud Kusuma;C1000003;31/02/1970;UMR-270312-A;12/03/2027
4;Ratna Idris;c 1000001;05/06/1988;UMR-270312-A;12/03/2027
5;;C1000005;05/06/1988;UMR-270312-A;12/03/2027
6;Oktavia;C1000006;23/11/1991;UMR-270312-A;12/03/2027
`;

const PAGES: Record<string, Shown> = {
  overview: at('/dashboard/pipeline'),
  board: at('/dashboard/pipeline/tasks?view=board'),
  'new-task': {
    ...at('/dashboard/pipeline/tasks?view=board'),
    before: async (page) => {
      await page.getByRole('button', { name: 'Tugas baru' }).click();
      await expect(page.getByRole('dialog', { name: 'Tugas baru' })).toBeVisible();
    },
  },
  notifications: {
    ...at('/dashboard/pipeline'),
    before: async (page) => {
      await page.getByRole('button', { name: /^Pemberitahuan/ }).click();
      await expect(page.getByRole('dialog', { name: 'Pemberitahuan' })).toBeVisible();
    },
  },
  table: at('/dashboard/pipeline/tasks?view=table'),
  'jamaah-list': at('/dashboard/pipeline/jamaah?status=active'),
  jamaah: {
    address: async (api) =>
      `/dashboard/pipeline/jamaah/${await idOf(api, '/pipeline/jamaah?status=overdue&stage=visa-application&sort=due_at&limit=1')}`,
  },
  departures: at('/dashboard/pipeline/departures'),
  departure: {
    address: async (api) =>
      `/dashboard/pipeline/departures/${await idOf(api, '/pipeline/departures?days=40&limit=1')}`,
  },
  stages: at('/dashboard/pipeline/stages?stage=visa-application'),
  import: {
    address: async () => '/dashboard/pipeline/imports',
    before: async (page) => {
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'manifes-maret.csv', mimeType: 'text/csv', buffer: Buffer.from(MANIFEST) });
      await expect(page.getByRole('table')).toBeVisible();
    },
  },
};

/** Seen by whoever administers people. */
const ADMINISTRATION: Record<string, Shown> = {
  people: at('/dashboard/users'),
  roles: at('/dashboard/roles'),
  'api-keys': at('/dashboard/api-keys'),
  profile: at('/dashboard/profile'),
  audit: at('/dashboard/audit'),
};

function shoot(name: string, { address, before }: Shown, scheme: string, width: string): void {
  test(name, async ({ page, api }) => {
    await page.goto(await address(api));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await before?.(page);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${PLACE}${name}-${scheme}-${width}.png`, animations: 'disabled' });
  });
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    const touch = width === 'phone';
    test.describe(`${scheme}, ${width}`, () => {
      test.use({ scheme, viewport, hasTouch: touch, isMobile: touch });

      for (const [name, shown] of Object.entries(PAGES)) shoot(name, shown, scheme, width);

      test.describe('an administrator', () => {
        test.use({ person: 'admin' });

        for (const [name, shown] of Object.entries(ADMINISTRATION)) shoot(name, shown, scheme, width);
      });
    });
  }
}
