/** What people do, in a real browser against the real server. `scripts/e2e` prepares and runs it. */

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'node_modules/.playwright',
  globalSetup: './e2e/fixtures/prepare.ts',
  // each worker has a server and a database of its own
  workers: Number(process.env.LAJUR_E2E_WORKERS ?? 2),
  forbidOnly: Boolean(process.env.CI),
  // on a shared machine: once more, and told as flaky, which is a bug to be mended all the same
  retries: process.env.CI ? 1 : 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.LAJUR_CHROMIUM ?? '/usr/bin/chromium' },
    viewport: { width: 1440, height: 900 },
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    // what the browser keeps of the application would stand between a test and what it arranges; `offline` lets it
    serviceWorkers: 'block',
    // `scripts/e2e live --trace on` records what happened; doing so always slows everything down
    screenshot: 'only-on-failure',
  },
});
