/** Finds the English words of all features, each a file of its own that is loaded when it is needed. */

import type { LoadWords } from '@/shared/words/i18n';

const english = import.meta.glob<{ en: object }>([
  '../features/*/words/en.ts',
  '../shared/words/*/en.ts',
  './words/*/en.ts',
]);

export const loadEnglish: LoadWords = async (namespace) => {
  const path = Object.keys(english).find((known) => known.includes(`/${namespace}/`));
  return path ? ((await english[path]?.())?.en ?? {}) : {};
};
