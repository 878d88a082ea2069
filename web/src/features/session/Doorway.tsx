/** What stands around the pages for whoever is not signed in: a panel, the name of the program, the other language. */

import type { ReactNode } from 'react';
import { chooseLanguage, LANGUAGES } from '@/shared/words/i18n';
import css from './session.module.css';
import { useSessionWords } from './words';

export function Doorway({ title, children }: { title: string; children: ReactNode }) {
  const { i18n } = useSessionWords();
  const other = i18n.language === 'en' ? 'id' : 'en';
  return (
    <main className={css.page}>
      <title>{`${title} · Lajur`}</title>
      <div className={css.panel}>
        <div className={css.head}>
          <h1 className={css.title}>Lajur</h1>
          <button type="button" lang={other} onClick={() => void chooseLanguage(other)}>
            {LANGUAGES[other]}
          </button>
        </div>
        {children}
      </div>
    </main>
  );
}
