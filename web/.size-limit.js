// What the browser loads before it can draw anything: the entry and what it preloads.

import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('dist/index.html', import.meta.url), 'utf8');
const files = (extension) =>
  [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)]
    .map(([, file]) => `dist/${file}`)
    .filter((file) => file.endsWith(extension));

export default [
  { name: 'JavaScript before the first screen', path: files('.js'), gzip: true, limit: '170 kB' },
  { name: 'CSS before the first screen', path: files('.css'), gzip: true, limit: '30 kB' },
];
