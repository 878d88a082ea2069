/** Makes a key: for what, until when, and what it may do. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import type { Permission, ShownApiKey } from '@/shared/api/types';
import { endOfDay } from '@/shared/format/days';
import { PermissionChecks } from '@/shared/roles/PermissionChecks';
import { RoleChecks } from '@/shared/roles/RoleChecks';
import { useMe } from '@/shared/session/session';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { useListWords } from '@/shared/words/lists';
import { reload } from './queries';
import { useKeyWords } from './words';

interface Values {
  name: string;
  expires_at: string;
  permissions: Permission[];
  roles: string[];
}

const NOTHING: Values = { name: '', expires_at: '', permissions: [], roles: [] };
const COMPLAINTS = ['name', 'permissions', 'expires_at', 'roles'] as const;

export default function NewKeyDialog({
  close,
  made,
}: {
  close: () => void;
  made: (key: ShownApiKey) => void;
}) {
  const { t } = useKeyWords();
  const { t: lists } = useListWords();
  const { timezone } = useMe().tenant;
  const fullScreen = usePhone();
  const save = useMutation({
    mutationFn: ({ expires_at, ...values }: Values) =>
      ask(
        api.POST('/api/v1/api-keys', {
          body: {
            ...values,
            name: values.name.trim(),
            expires_at: expires_at ? endOfDay(expires_at, timezone) : null,
          },
        }),
      ),
    onSuccess: ({ data }) => {
      forget();
      close();
      made(data);
    },
    onSettled: reload,
  });
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<Values>({
    draft: 'api-key',
    initial: NOTHING,
    error: save.error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: ({ name, permissions }) => ({
      name: name.trim() ? null : lists('needed'),
      permissions: permissions.length > 0 ? null : t('complaint.permissions'),
    }),
  });
  const { values } = fields;
  return (
    <Modal opened onClose={close} title={t('new.title')} size="lg" fullScreen={fullScreen}>
      <form className={form.form} noValidate onSubmit={fields.onSubmit((given) => save.mutate(given))}>
        <TextInput
          required
          data-autofocus
          maxLength={200}
          label={t('new.name')}
          description={t('new.name_hint')}
          {...fields.getInputProps('name')}
        />
        <TextInput
          type="date"
          label={t('new.expires')}
          description={t('new.expires_hint')}
          {...fields.getInputProps('expires_at')}
        />
        <div className={form.wide}>
          <PermissionChecks
            label={t('new.permissions')}
            value={values.permissions}
            onChange={(permissions) => fields.setFieldValue('permissions', permissions)}
            error={fields.errors.permissions}
          />
        </div>
        <div className={form.wide}>
          <RoleChecks
            anyRole
            label={t('new.roles')}
            value={values.roles}
            onChange={(roles) => fields.setFieldValue('roles', roles)}
            error={fields.errors.roles}
          />
        </div>
        <FormFoot
          what={t('new.what')}
          save={t('new.submit')}
          saving={save.isPending}
          error={save.error}
          restored={restored}
          discard={() => {
            forget();
            fields.setValues(NOTHING);
          }}
          cancel={() => {
            forget();
            close();
          }}
        />
      </form>
    </Modal>
  );
}
