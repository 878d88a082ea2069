/** A new password, typed twice. Complaints, also the server's, stand at the fields. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/PasswordInput.layer.css';

import { PasswordInput } from '@mantine/core';
import { ApiError } from '@/shared/api/errors';
import { usePasswordWords } from '@/shared/words/passwords';
import { complaintAbout, LONGEST } from './password';

export interface Typed {
  password: string;
  again: string;
}

export const NOTHING_TYPED: Typed = { password: '', again: '' };

export function NewPassword({
  value,
  onChange,
  tried,
  error,
}: {
  value: Typed;
  onChange: (value: Typed) => void;
  /** Whether somebody has tried to send it: before, nothing is complained about. */
  tried: boolean;
  error: unknown;
}) {
  const { t } = usePasswordWords();
  const complaint = tried ? complaintAbout(value.password, value.again) : undefined;
  const easy = error instanceof ApiError && error.complaints('password').length > 0;
  const field = (name: keyof Typed) => ({
    name: name === 'password' ? 'new-password' : 'new-password-again',
    autoComplete: 'new-password',
    maxLength: LONGEST * 2,
    required: true,
    withAsterisk: false,
    value: value[name],
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      onChange({ ...value, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <PasswordInput
        {...field('password')}
        label={t('label')}
        description={t('hint')}
        error={
          complaint && complaint !== 'differs' ? t(complaint) : easy && !complaint ? t('easy') : undefined
        }
      />
      <PasswordInput
        {...field('again')}
        label={t('again')}
        error={complaint === 'differs' ? t('differs') : undefined}
      />
    </>
  );
}
