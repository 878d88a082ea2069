/** Where one signs in. */

import { useRouter, useSearch } from '@tanstack/react-router';
import { signedInAs } from '@/shared/session/session';
import { chooseLanguage, LANGUAGES } from '@/shared/words/i18n';
import { SignInForm } from './SignInForm';
import css from './session.module.css';
import { useSessionWords } from './words';

export function LoginPage() {
  const { t, i18n } = useSessionWords();
  const other = i18n.language === 'en' ? 'id' : 'en';
  const { history } = useRouter();
  const { next } = useSearch({ from: '/login' });
  return (
    <main className={css.page}>
      <title>{`${t('title')} · Lajur`}</title>
      <div className={css.panel}>
        <div className={css.head}>
          <h1 className={css.title}>Lajur</h1>
          <button type="button" lang={other} onClick={() => void chooseLanguage(other)}>
            {LANGUAGES[other]}
          </button>
        </div>
        <SignInForm
          onSignedIn={(me) => {
            signedInAs(me);
            history.push(next ?? '/dashboard/pipeline');
          }}
        />
      </div>
    </main>
  );
}
