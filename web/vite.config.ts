import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { firstScreen } from './build/firstScreen.ts';
import { noCycles } from './build/noCycles.ts';

/** In development pages come from here and everything else from a server that runs beside it. */
const server = process.env.LAJUR_URL ?? 'http://127.0.0.1:8080';

/** `sw.js`, which knows all files by their hashed names (`src/sw.ts`). */
const worker = () =>
  VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src',
    filename: 'sw.ts',
    outDir: 'dist',
    // registered after the first screen, by `shared/offline`
    injectRegister: false,
    manifest: false,
    injectManifest: {
      // older browsers take no modules here
      rollupFormat: 'iife',
      globPatterns: ['assets/*.{js,css,svg}', 'assets/inter-latin-wght-*.woff2'],
      // their names tell their content
      dontCacheBustURLsMatching: /^assets\//,
    },
  });

export default defineConfig({
  plugins: [react(), firstScreen('/features/overview/OverviewPage.tsx'), noCycles(), worker()],
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
        // what the first screen needs comes in two files: libraries, which stay the same for long, and ours
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'start', tags: ['$initial'] },
            // an icon is not worth a file of its own
            { name: 'icons', test: /@tabler/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});
