/** Where one signs in. */

import { useRouter, useSearch } from '@tanstack/react-router';
import { signedInAs } from '@/shared/session/session';
import { SignInForm } from './SignInForm';
import css from './session.module.css';
import { useSessionWords } from './words';

export function LoginPage() {
  const { t } = useSessionWords();
  const { history } = useRouter();
  const { next } = useSearch({ from: '/login' });
  return (
    <main className={css.page}>
      <title>{`${t('title')} · Lajur`}</title>
      <div className={css.panel}>
        <h1 className={css.title}>Lajur</h1>
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
