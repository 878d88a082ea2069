// What the browser loads for the first screen: the application, and the overview that most people open first.

import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('dist/index.html', import.meta.url), 'utf8');
const files = (extension) =>
  [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)]
    .map(([, file]) => `dist/${file}`)
    .filter((file) => file.endsWith(extension));

export default [
  { name: 'JavaScript before the first screen', path: files('.js'), gzip: true, limit: '200 kB' },
  { name: 'CSS before the first screen', path: files('.css'), gzip: true, limit: '30 kB' },
];
