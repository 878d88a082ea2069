/** Pictures of every page for `docs/screenshots/`, taken of a season of 2,000. `scripts/screenshots` runs it. */

import { defineConfig } from '@playwright/test';
import base from './playwright.config';

process.env.LAJUR_E2E_JAMAAH ??= '2000';

export default defineConfig({ ...base, testMatch: '*.shots.ts', timeout: 60_000 });
