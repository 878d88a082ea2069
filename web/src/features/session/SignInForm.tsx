/** Organisation, e-mail and password; who they belong to is handed on. */

import '@mantine/core/styles/Stack.layer.css';
import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';

import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { Me } from '@/shared/api/types';
import { useErrorWords } from '@/shared/words/errors';
import css from './session.module.css';
import { useSessionWords } from './words';

/** What is known already; only the password is asked for then. */
export interface Known {
  tenant: string;
  email: string;
}

export function SignInForm({ known, onSignedIn }: { known?: Known; onSignedIn: (me: Me) => void }) {
  const { t } = useSessionWords();
  const words = useErrorWords();
  const [given, setGiven] = useState({
    tenant: known?.tenant ?? '',
    email: known?.email ?? '',
    password: '',
  });
  const signIn = useMutation({
    mutationFn: async () => (await ask(api.POST('/api/v1/auth/login', { body: given }))).data,
    onSuccess: onSignedIn,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const field = (name: keyof typeof given) => ({
    name,
    value: given[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      setGiven({ ...given, [name]: event.currentTarget.value }),
  });
  const refused = signIn.error instanceof ApiError && [401, 422].includes(signIn.error.status);
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <TextInput
          {...field('tenant')}
          label={t('organisation')}
          description={known ? undefined : t('organisation_hint')}
          autoComplete="organization"
          autoCapitalize="none"
          readOnly={Boolean(known)}
          data-autofocus={!known || undefined}
        />
        <TextInput
          {...field('email')}
          type="email"
          label={t('email')}
          autoComplete="username"
          readOnly={Boolean(known)}
        />
        <PasswordInput
          {...field('password')}
          label={t('password')}
          autoComplete="current-password"
          data-autofocus={Boolean(known) || undefined}
        />
        {signIn.error && (
          <div className={css.refused} role="alert">
            {refused ? t('wrong') : words(signIn.error)}
          </div>
        )}
        <Button type="submit" loading={signIn.isPending}>
          {t('submit')}
        </Button>
      </Stack>
    </form>
  );
}
