/** Changes one's own password: the one that is good now, and another, typed twice. Nothing of it is kept anywhere. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';

import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import { useCanWrite } from '@/shared/live/status';
import { NewPassword, NOTHING_TYPED } from '@/shared/passwords/NewPassword';
import { complaintAbout } from '@/shared/passwords/password';
import { useMe } from '@/shared/session/session';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { usePasswordWords } from '@/shared/words/passwords';
import css from './profile.module.css';
import { useProfileWords } from './words';

export function PasswordForm() {
  const { t } = useProfileWords();
  const { t: words } = usePasswordWords();
  const errorWords = useErrorWords();
  const { user } = useMe();
  const canWrite = useCanWrite();
  const [current, setCurrent] = useState('');
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/password', { body: { current, password: typed.password } }),
    onSuccess: () => {
      setCurrent('');
      setTyped(NOTHING_TYPED);
      setTried(false);
      toast.success({ title: t('password.done'), text: t('password.done_text') });
      return queryClient.invalidateQueries({ queryKey: ['sessions', 'mine'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current && !complaintAbout(typed.password, typed.again)) save.mutate();
  };
  const complaints = (field: string) =>
    save.error instanceof ApiError ? save.error.complaints(field).length > 0 : false;
  const isWrong = tried && (current === '' || complaints('current'));
  const elsewhere = save.error && !complaints('current') && !complaints('password');
  return (
    <form className={css.form} onSubmit={submit} noValidate aria-label={t('password.title')}>
      <input type="hidden" name="username" autoComplete="username" value={user?.email ?? ''} />
      <PasswordInput
        name="current-password"
        autoComplete="current-password"
        label={words('current')}
        required
        withAsterisk={false}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
        error={isWrong ? words('wrong') : undefined}
      />
      <NewPassword value={typed} onChange={setTyped} tried={tried} error={save.error} />
      {elsewhere && (
        <p className={css.failed} role="alert">
          {errorWords(save.error)}
        </p>
      )}
      <div className={form.buttons}>
        <Button type="submit" loading={save.isPending} disabled={!canWrite}>
          {t('password.submit')}
        </Button>
      </div>
    </form>
  );
}
