import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { firstScreen } from './build/firstScreen';

/** In development pages come from here and everything else from a server that runs beside it. */
const server = process.env.LAJUR_URL ?? 'http://127.0.0.1:8080';

/** So many pages draw it. */
const SHARED_BY = 3;
/** Not worth a file of its own. */
const SMALL_BYTES = 8000;

export default defineConfig({
  plugins: [react(), firstScreen('/features/overview/OverviewPage.tsx')],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  server: {
    proxy: {
      '/api': server,
      '/health': server,
      // the server connects pages of its own only
      '/connection': { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true },
    },
  },
  build: {
    target: 'es2022',
    // the Content-Security-Policy allows files, not data in their place
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        // what the first screen needs comes in two files: libraries, which stay the same for long, and ours
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'start', tags: ['$initial'] },
            // what many pages share is a few files, not dozens of little ones
            {
              name: 'shared',
              test: /\/src\/shared\/|@tabler/,
              minShareCount: SHARED_BY,
              entriesAware: true,
              entriesAwareMergeThreshold: SMALL_BYTES,
            },
          ],
        },
      },
    },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});
