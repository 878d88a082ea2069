/** Around a page that somebody opens from a mail: first sees what the link is good for, or that it is not any more. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { MailedToken } from '@/shared/api/types';
import { Failure } from '@/shared/ui/Failure';
import { Bone, Late } from '@/shared/ui/Late';
import css from './session.module.css';
import { useSessionWords } from './words';

export function WithToken({
  token,
  purpose,
  children,
}: {
  token: string | undefined;
  purpose: MailedToken['purpose'];
  children: (good: MailedToken) => ReactNode;
}) {
  const { t } = useSessionWords();
  const { data, error, refetch } = useQuery({
    queryKey: ['mailed', token],
    enabled: token !== undefined,
    gcTime: 0,
    queryFn: async () => (await ask(api.POST('/api/v1/auth/token', { body: { token: token ?? '' } }))).data,
  });
  if (data?.purpose === purpose) return children(data);
  const bad = token === undefined || data || (error instanceof ApiError && error.status === 422);
  if (bad) {
    return (
      <div role="alert">
        <h2 className={css.heading}>{t('token.bad')}</h2>
        <p className={css.text}>{t('token.bad_text')}</p>
        <Button
          variant="default"
          fullWidth
          renderRoot={(props) =>
            purpose === 'password_reset' ? (
              <Link {...props} to="/forgot-password" />
            ) : (
              <Link {...props} to="/login" search={{}} />
            )
          }
        >
          {t(purpose === 'password_reset' ? 'forgot.open' : 'forgot.back')}
        </Button>
      </div>
    );
  }
  if (error) return <Failure what={t('token.checking')} error={error} retry={() => void refetch()} />;
  return (
    <Late>
      <Bone width="60%" height={20} />
    </Late>
  );
}
