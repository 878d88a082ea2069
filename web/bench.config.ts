/** How fast the application is, of a season of 10,000. `scripts/bench-web` runs it and writes docs/benchmarks-web.md. */

import { defineConfig } from '@playwright/test';
import base from './playwright.config';

process.env.LAJUR_E2E_JAMAAH ??= '10000';

export default defineConfig({
  ...base,
  testMatch: '*.bench.ts',
  workers: 1,
  timeout: 30 * 60_000,
  use: { ...base.use, trace: 'off' },
});
