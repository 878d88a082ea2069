/** Asks for a link for another password. What it says is the same whether there is such an account or not. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/Stack.layer.css';

import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { useErrorWords } from '@/shared/words/errors';
import { Doorway } from './Doorway';
import css from './session.module.css';
import { useSessionWords } from './words';

export function ForgotPage() {
  const { t } = useSessionWords();
  const words = useErrorWords();
  const [given, setGiven] = useState({ tenant: '', email: '' });
  const ask = useMutation({ mutationFn: () => api.POST('/api/v1/auth/forgot', { body: given }) });
  const field = (name: keyof typeof given) => ({
    name,
    value: given[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      setGiven({ ...given, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const noMail = ask.error instanceof ApiError && ask.error.status === 503;
  return (
    <Doorway title={t('forgot.title')}>
      {ask.isSuccess ? (
        <div role="status">
          <h2 className={css.heading}>{t('forgot.sent')}</h2>
          <p className={css.text}>{t('forgot.sent_text')}</p>
        </div>
      ) : (
        <form onSubmit={submit}>
          <Stack gap={12}>
            <h2 className={css.heading}>{t('forgot.title')}</h2>
            <p className={css.text}>{t('forgot.text')}</p>
            <TextInput
              {...field('tenant')}
              label={t('organisation')}
              description={t('organisation_hint')}
              autoComplete="organization"
              autoCapitalize="none"
            />
            <TextInput {...field('email')} type="email" label={t('email')} autoComplete="username" />
            {ask.error && (
              <div className={css.refused} role="alert">
                {noMail ? t('forgot.no_mail') : words(ask.error)}
              </div>
            )}
            <Button type="submit" loading={ask.isPending}>
              {t('forgot.submit')}
            </Button>
          </Stack>
        </form>
      )}
      <p className={css.below}>
        <Link to="/login" search={{}}>
          {t('forgot.back')}
        </Link>
      </p>
    </Doorway>
  );
}
