/** Whether somebody may come in: kept out, let in again, invited again. Keeping out asks once more. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { User } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useMe } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './people.module.css';
import { reload } from './queries';
import { useStateWords } from './useStateWords';
import { usePeopleWords } from './words';

type Deed = 'activate' | 'deactivate' | 'invite';

export function Account({ of }: { of: User }) {
  const { t } = usePeopleWords();
  const { t: lists } = useListWords();
  const errorWords = useErrorWords();
  const format = useFormats();
  const stateWords = useStateWords();
  const [asking, setAsking] = useState(false);
  const refusal = useRefusal('users.admin');
  const own = useMe().user?.id === of.id ? t('person.own') : undefined;
  const act = useMutation({
    mutationFn: (deed: Deed) => send(deed, of),
    onSuccess: ({ data, message }, deed) => {
      setAsking(false);
      if (message) toast.warning({ title: t('invite.not_mailed') });
      else toast.success({ title: saying(deed, data.name) });
    },
    onSettled: reload,
  });
  const saying = (deed: Deed, name: string) =>
    deed === 'invite'
      ? t('invite.again_done')
      : t(deed === 'activate' ? 'person.activated' : 'person.deactivated', { name });
  const failure = act.error && (
    <p className={css.failed} role="alert">
      {act.error instanceof ApiError && act.error.code === 'INVALID_TRANSITION'
        ? t('person.last')
        : errorWords(act.error)}
    </p>
  );
  const away = t(of.state === 'invited' ? 'person.withdraw' : 'person.deactivate');
  return (
    <section className={css.part} aria-label={t('person.account')}>
      <h3>{t('person.account')}</h3>
      {asking ? (
        <div className={css.account} role="alertdialog" aria-label={away}>
          <p>{t('person.deactivate_text', { name: of.name })}</p>
          <Button variant="default" onClick={() => setAsking(false)}>
            {lists('cancel')}
          </Button>
          <Button loading={act.isPending} onClick={() => act.mutate('deactivate')}>
            {away}
          </Button>
        </div>
      ) : (
        <div className={css.account}>
          <p>
            {stateWords(of.state)}
            {of.state === 'invited' &&
              of.invited_until &&
              ` · ${
                Date.parse(of.invited_until) < Date.now()
                  ? t('expired')
                  : t('until', {
                      time: `${format.day(of.invited_until)} ${format.time(of.invited_until)}`,
                    })
              }`}
          </p>
          {of.state === 'invited' && (
            <Action
              variant="default"
              refusal={refusal}
              loading={act.isPending}
              onClick={() => act.mutate('invite')}
            >
              {t('invite.again')}
            </Action>
          )}
          {of.state === 'inactive' ? (
            <Action
              variant="default"
              refusal={refusal}
              loading={act.isPending}
              onClick={() => act.mutate('activate')}
            >
              {t('person.activate')}
            </Action>
          ) : (
            <Action variant="default" refusal={own ?? refusal} onClick={() => setAsking(true)}>
              {away}
            </Action>
          )}
        </div>
      )}
      {failure}
    </section>
  );
}

function send(deed: Deed, { id, version }: User) {
  const params = { path: { id } };
  switch (deed) {
    case 'invite':
      return ask(api.POST('/api/v1/users/{id}/invite', { params }));
    case 'activate':
      return ask(api.POST('/api/v1/users/{id}/activate', { params, body: { version } }));
    case 'deactivate':
      return ask(api.POST('/api/v1/users/{id}/deactivate', { params, body: { version } }));
  }
}
