/** Sets another password, with the link of a mail. */

import '@mantine/core/styles/Stack.layer.css';

import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { MailedToken } from '@/shared/api/types';
import { NewPassword, NOTHING_TYPED } from '@/shared/passwords/NewPassword';
import { complaintAbout } from '@/shared/passwords/password';
import { useErrorWords } from '@/shared/words/errors';
import { Doorway } from './Doorway';
import css from './session.module.css';
import { WithToken } from './WithToken';
import { useSessionWords } from './words';

export function ResetPage() {
  const { t } = useSessionWords();
  const { token } = useSearch({ from: '/reset-password' });
  const [done, setDone] = useState(false);
  return (
    <Doorway title={t('reset.title')}>
      {done ? (
        <div role="status">
          <h2 className={css.heading}>{t('reset.done')}</h2>
          <p className={css.text}>{t('reset.done_text')}</p>
          <Button fullWidth renderRoot={(props) => <Link {...props} to="/login" search={{}} />}>
            {t('reset.to_sign_in')}
          </Button>
        </div>
      ) : (
        <WithToken token={token} purpose="password_reset">
          {(good) => <Form token={token ?? ''} good={good} done={() => setDone(true)} />}
        </WithToken>
      )}
    </Doorway>
  );
}

function Form({ token, good, done }: { token: string; good: MailedToken; done: () => void }) {
  const { t } = useSessionWords();
  const words = useErrorWords();
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/reset', { body: { token, password: typed.password } }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!complaintAbout(typed.password, typed.again)) save.mutate();
  };
  const atField = save.error instanceof ApiError && save.error.complaints('password').length > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={12}>
        <h2 className={css.heading}>{t('reset.title')}</h2>
        <p className={css.text}>{t('reset.text', { email: good.email, tenant: good.tenant.name })}</p>
        {/* so that a keeper of passwords knows whose it is */}
        <input type="hidden" name="username" autoComplete="username" value={good.email} />
        <NewPassword value={typed} onChange={setTyped} tried={tried} error={save.error} />
        {save.error && !atField && (
          <div className={css.refused} role="alert">
            {words(save.error)}
          </div>
        )}
        <Button type="submit" loading={save.isPending}>
          {t('reset.submit')}
        </Button>
      </Stack>
    </form>
  );
}
