/** The end of a role of the organisation's own, asked for twice. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import type { Role } from '@/shared/api/types';
import { rolesQuery } from '@/shared/entities/roles';
import { Action, useRefusal } from '@/shared/ui/Action';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './roles.module.css';
import { useRolesWords } from './words';

export function Remove({ of, close }: { of: Role; close: () => void }) {
  const { t } = useRolesWords();
  const { t: lists } = useListWords();
  const errorWords = useErrorWords();
  const refusal = useRefusal('users.admin');
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE('/api/v1/roles/{id}', {
        params: { path: { id: of.id }, header: { 'If-Match': `"${of.version}"` } },
      }),
    onSuccess: () => {
      close();
      toast.success({ title: t('remove.done', { name: of.name }) });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: rolesQuery.queryKey }),
  });
  const used = remove.error instanceof ApiError && remove.error.code === 'INVALID_TRANSITION';
  return (
    <div className={css.part}>
      {asking ? (
        <div className={css.remove} role="alertdialog" aria-label={t('remove.open')}>
          <p>{t('remove.text', { name: of.name })}</p>
          <Button variant="default" onClick={() => setAsking(false)}>
            {lists('cancel')}
          </Button>
          <Button loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('remove.open')}
          </Button>
        </div>
      ) : (
        <div className={css.remove}>
          <Action variant="default" refusal={refusal} onClick={() => setAsking(true)}>
            {t('remove.open')}
          </Action>
        </div>
      )}
      {remove.error && (
        <p className={css.failed} role="alert">
          {used ? t('remove.used') : errorWords(remove.error)}
        </p>
      )}
    </div>
  );
}
