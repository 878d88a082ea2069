/** Where somebody who was invited comes in: their name, a password, and they are signed in. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/Stack.layer.css';

import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { MailedToken } from '@/shared/api/types';
import { NewPassword, NOTHING_TYPED } from '@/shared/passwords/NewPassword';
import { complaintAbout } from '@/shared/passwords/password';
import { useErrorWords } from '@/shared/words/errors';
import { Doorway } from './Doorway';
import css from './session.module.css';
import { WithToken } from './WithToken';
import { useSessionWords } from './words';

export function AcceptPage() {
  const { t } = useSessionWords();
  const { token } = useSearch({ from: '/accept-invitation' });
  return (
    <Doorway title={t('accept.title')}>
      <WithToken token={token} purpose="invitation">
        {(good) => <Form token={token ?? ''} good={good} />}
      </WithToken>
    </Doorway>
  );
}

function Form({ token, good }: { token: string; good: MailedToken }) {
  const { t } = useSessionWords();
  const words = useErrorWords();
  const [name, setName] = useState(good.name);
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const accept = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/auth/invitation', {
          body: { token, name: name.trim(), password: typed.password },
        }),
      ),
    // a page of their own begins, with what the server puts into it; whoever was signed in here before is not any more
    onSuccess: () => window.location.assign('/dashboard/pipeline'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!complaintAbout(typed.password, typed.again)) accept.mutate();
  };
  const atField = accept.error instanceof ApiError && accept.error.complaints('password').length > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap={12}>
        <h2 className={css.heading}>{t('accept.title')}</h2>
        <p className={css.text}>{t('accept.text', { email: good.email, tenant: good.tenant.name })}</p>
        <TextInput
          label={t('accept.name')}
          name="name"
          autoComplete="name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <input type="hidden" name="username" autoComplete="username" value={good.email} />
        <NewPassword value={typed} onChange={setTyped} tried={tried} error={accept.error} />
        {accept.error && !atField && (
          <div className={css.refused} role="alert">
            {words(accept.error)}
          </div>
        )}
        <Button type="submit" loading={accept.isPending || accept.isSuccess}>
          {t('accept.submit')}
        </Button>
      </Stack>
    </form>
  );
}
