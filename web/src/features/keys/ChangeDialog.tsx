/** Replaces a key by another that may do the same, or makes it worthless. Both say first what becomes of programs. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import type { ApiKeyInfo, ShownApiKey } from '@/shared/api/types';
import { FormFoot } from '@/shared/ui/FormFoot';
import { toast } from '@/shared/ui/toast';
import { usePhone } from '@/shared/ui/widths';
import css from './keys.module.css';
import { reload } from './queries';
import { useKeyWords } from './words';

const USUAL_HOURS = '24';
const MOST_HOURS = 168;

export default function ChangeDialog({
  deed,
  of,
  close,
  made,
}: {
  deed: 'rotate' | 'revoke';
  of: ApiKeyInfo;
  close: () => void;
  made: (key: ShownApiKey) => void;
}) {
  const { t } = useKeyWords();
  const fullScreen = usePhone();
  const [hours, setHours] = useState(USUAL_HOURS);
  const isSane = /^\d{1,3}$/.test(hours) && Number(hours) <= MOST_HOURS;
  const params = { path: { id: of.id }, header: { 'If-Match': `"${of.version}"` } };
  const rotate = useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/api-keys/{id}/rotate', { params, body: { grace_hours: Number(hours) } })),
    onSuccess: ({ data }) => {
      close();
      made(data);
    },
    onSettled: reload,
  });
  const revoke = useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/api-keys/{id}', { params })),
    onSuccess: () => {
      close();
      toast.success({ title: t('revoke.done', { name: of.name }) });
    },
    onSettled: reload,
  });
  const change = deed === 'rotate' ? rotate : revoke;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (deed === 'revoke' || isSane) change.mutate();
  };
  return (
    <Modal opened onClose={close} title={t(`${deed}.title`, { name: of.name })} fullScreen={fullScreen}>
      <form className={css.form} noValidate onSubmit={submit}>
        <p className={css.explain}>{t(`${deed}.text`)}</p>
        {deed === 'rotate' && (
          <TextInput
            data-autofocus
            inputMode="numeric"
            label={t('rotate.grace')}
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
            error={isSane ? undefined : t('rotate.complaint')}
          />
        )}
        <FormFoot
          what={of.name}
          save={t(`${deed}.submit`)}
          saving={change.isPending}
          error={change.error}
          cancel={close}
        />
      </form>
    </Modal>
  );
}
