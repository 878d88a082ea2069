/** Over the page when the session has ended: what was typed stays, and what was asked for is asked for again. */

import '@/shared/ui/modalStyles';

import { Button, Modal } from '@mantine/core';
import type { Me } from '@/shared/api/types';
import { signedInAs, stayedOut, useMaybeMe } from '@/shared/session/session';
import { toast } from '@/shared/ui/toast';
import { SignInForm } from './SignInForm';
import css from './session.module.css';
import { useSessionWords } from './words';

export default function SignInDialog() {
  const { t } = useSessionWords();
  const before = useMaybeMe();
  const signedIn = (me: Me) => {
    const same = me.tenant.slug === before?.tenant.slug && me.user?.id === before?.user?.id;
    if (before && !same) {
      toast.warning({ title: t('again.other') });
      window.location.reload();
      return;
    }
    signedInAs(me);
  };
  const known = before?.user ? { tenant: before.tenant.slug, email: before.user.email } : undefined;
  return (
    <Modal opened onClose={stayedOut} title={t('again.title')} closeOnClickOutside={false} size="sm">
      <p className={css.text}>{t('again.text')}</p>
      <SignInForm {...(known ? { known } : {})} onSignedIn={signedIn} />
      <Button variant="subtle" fullWidth mt={8} onClick={stayedOut}>
        {t('again.later')}
      </Button>
    </Modal>
  );
}
