/**
 * Two languages. Indonesian comes with the code that speaks it; English is loaded when it is chosen. Each feature
 * has its own words: a folder `words` with `id.ts`, `en.ts` (which the compiler holds to the keys of the first)
 * and an `index.ts` that names them.
 */

import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import { initReactI18next } from 'react-i18next';

/** Each folder of words adds itself: `declare module '@/shared/words/i18n' { interface Words { tasks: typeof id } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Words {}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Words;
  }
}

type Plural = '_zero' | '_one' | '_two' | '_few' | '_many' | '_other';
type Base<Key> = Key extends `${infer Stem}${Plural}` ? Stem : never;

/** The same keys in another language, and the plural forms that Indonesian does without. */
export type Translated<T> = {
  [Key in keyof T]: T[Key] extends string ? string : Translated<T[Key]>;
} & { [Key in `${Base<keyof T>}${Plural}`]?: string };

export type Language = 'id' | 'en';

export const LANGUAGES: Record<Language, string> = { id: 'Bahasa Indonesia', en: 'English' };

/** The words of a namespace in a language that does not come with the code. */
export type LoadWords = (namespace: string) => Promise<object>;

const KEPT_AS = 'lajur.language';

const own = (): Language | undefined => {
  const kept = localStorage.getItem(KEPT_AS);
  return kept === 'id' || kept === 'en' ? kept : undefined;
};

const waitingWords: [string, object][] = [];

/** Hands in the Indonesian words of a namespace. */
export function addWords(namespace: string, id: object): void {
  if (i18next.isInitialized) i18next.addResourceBundle('id', namespace, id);
  else waitingWords.push([namespace, id]);
}

export async function startWords(loadEnglish: LoadWords): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend' as const,
      read: (language: string, namespace: string, done: (error: unknown, words: object | null) => void) => {
        const words = language === 'en' ? loadEnglish(namespace) : Promise.resolve({});
        void words.then((found) => done(null, found)).catch((error) => done(error, null));
      },
    })
    .init({
      lng: own() ?? 'id',
      fallbackLng: 'id',
      supportedLngs: ['id', 'en'],
      defaultNS: 'common',
      ns: ['common'],
      partialBundledLanguages: true,
      resources: { id: Object.fromEntries(waitingWords) },
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  waitingWords.length = 0;
  document.documentElement.lang = i18next.language;
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
}

/** The language that is spoken. */
export const useLanguage = (): string => useSyncExternalStore(onLanguage, () => i18next.language);

function onLanguage(listener: () => void): () => void {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
}

/** The organisation's language, for whoever has not chosen one. */
export async function suggestLanguage(language: string): Promise<void> {
  if (!own() && (language === 'id' || language === 'en')) await i18next.changeLanguage(language);
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language);
  await i18next.changeLanguage(language);
}
