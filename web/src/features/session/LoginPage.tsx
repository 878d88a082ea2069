/** Where one signs in. */

import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { signedInAs } from '@/shared/session/session';
import { Doorway } from './Doorway';
import { SignInForm } from './SignInForm';
import css from './session.module.css';
import { useSessionWords } from './words';

export function LoginPage() {
  const { t } = useSessionWords();
  const { history } = useRouter();
  const { next } = useSearch({ from: '/login' });
  return (
    <Doorway title={t('title')}>
      <SignInForm
        onSignedIn={(me) => {
          signedInAs(me);
          history.push(next ?? '/dashboard/pipeline');
        }}
      />
      <p className={css.below}>
        <Link to="/forgot-password">{t('forgot.open')}</Link>
      </p>
    </Doorway>
  );
}
