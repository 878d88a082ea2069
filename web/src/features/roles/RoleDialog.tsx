/** One role's settings: its name, what it permits and within which limits; and its end. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import { stagesQuery } from '@/shared/api/snapshots';
import type { Permission, Role } from '@/shared/api/types';
import { fitsLimits, permissionsQuery, rolesQuery } from '@/shared/entities/roles';
import { useStageName } from '@/shared/entities/stages';
import { PermissionChecks } from '@/shared/roles/PermissionChecks';
import { usePermissionName } from '@/shared/roles/usePermissionName';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { differences, useDraftForm } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { useRoleLabel } from '@/shared/vocabulary/roles';
import { useListWords } from '@/shared/words/lists';
import { Remove } from './Remove';
import css from './roles.module.css';
import { NEW } from './search';
import { useRolesWords } from './words';

interface Values {
  key: string;
  name: string;
  permissions: Permission[];
  own_jamaah: boolean;
  stages: string[];
}

const NOTHING: Values = { key: '', name: '', permissions: [], own_jamaah: false, stages: [] };
const COMPLAINTS = ['key', 'name', 'permissions', 'stages'] as const;

const valuesOf = (role: Role): Values => ({
  key: role.key,
  name: role.name,
  permissions: role.permissions,
  own_jamaah: role.own_jamaah,
  stages: role.stages ?? [],
});

/** No stage is no limit. */
const bodyOf = ({ stages, ...values }: Values) => ({
  ...values,
  name: values.name.trim(),
  stages: stages.length > 0 ? stages : null,
});

export default function RoleDialog({ of, close }: { of: string; close: () => void }) {
  const { t } = useRolesWords();
  const roleLabel = useRoleLabel();
  const fullScreen = usePhone();
  const roles = useQuery(rolesQuery).data;
  const role = roles?.find(({ key }) => key === of);
  if (!roles || (!role && of !== NEW)) return null;
  const title = role ? t('edit.title', { name: roleLabel(role) }) : t('new.title');
  return (
    <Modal opened onClose={close} title={title} size="lg" fullScreen={fullScreen}>
      <RoleForm of={role} close={close} />
      {role && !role.built_in && <Remove of={role} close={close} />}
      {role?.built_in && <p className={css.part}>{t('edit.built_in')}</p>}
    </Modal>
  );
}

function RoleForm({ of, close }: { of: Role | undefined; close: () => void }) {
  const { t } = useRolesWords();
  const { t: lists } = useListWords();
  const [initial] = useState(() => (of ? valuesOf(of) : NOTHING));
  const save = useMutation({
    mutationFn: (values: Values) => {
      if (!of) return ask(api.POST('/api/v1/roles', { body: bodyOf(values) }));
      const { key: _, ...changed } = differences(bodyOf(initial), bodyOf(values));
      return ask(
        api.PUT('/api/v1/roles/{id}', {
          params: { path: { id: of.id } },
          body: { ...changed, version: of.version },
        }),
      );
    },
    onSuccess: ({ data }) => {
      forget();
      close();
      toast.success({ title: t('edit.saved', { name: data.name }) });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: rolesQuery.queryKey }),
  });
  const all = useQuery(permissionsQuery).data ?? [];
  const permissionName = usePermissionName();
  const boundless = (chosen: readonly Permission[], limits: Pick<Values, 'stages' | 'own_jamaah'>) => {
    const names = all
      .filter((one) => chosen.includes(one.id) && !fitsLimits(one, limits))
      .map(({ id }) => permissionName(id));
    return names.length > 0 ? t('complaint.boundless', { names: names.join('; ') }) : null;
  };
  const code = save.error instanceof ApiError ? save.error.code : undefined;
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<Values>({
    draft: `role:${of?.id ?? NEW}`,
    initial,
    error: save.error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: ({ key, name, permissions, ...limits }) => ({
      permissions: boundless(permissions, limits),
      key: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(key) ? null : t('complaint.key'),
      name: name.trim() ? null : lists('needed'),
    }),
  });
  const { values } = fields;
  return (
    <form className={form.form} noValidate onSubmit={fields.onSubmit((given) => save.mutate(given))}>
      <TextInput
        required
        data-autofocus
        maxLength={200}
        label={t('edit.name')}
        {...fields.getInputProps('name')}
      />
      <TextInput
        required
        maxLength={63}
        label={t('edit.key')}
        description={of ? undefined : t('edit.key_hint')}
        readOnly={of !== undefined}
        {...fields.getInputProps('key')}
        error={code === 'DUPLICATE' ? t('complaint.taken') : fields.errors.key}
      />
      <div className={form.wide}>
        <PermissionChecks
          label={t('edit.permissions')}
          value={values.permissions}
          onChange={(permissions) => fields.setFieldValue('permissions', permissions)}
          error={fields.errors.permissions}
        />
      </div>
      <label className={`${form.check} ${form.wide}`}>
        <input type="checkbox" {...fields.getInputProps('own_jamaah', { type: 'checkbox' })} />
        <span>
          {t('edit.own')}
          <small>{t('edit.own_hint')}</small>
        </span>
      </label>
      <div className={form.wide}>
        <Stages
          value={values.stages}
          onChange={(stages) => fields.setFieldValue('stages', stages)}
          error={fields.errors.stages}
        />
      </div>
      {code === 'INVALID_TRANSITION' && (
        <p className={`${css.failed} ${form.wide}`} role="alert">
          {t('last')}
        </p>
      )}
      <FormFoot
        what={of ? of.name : t('new.what')}
        save={of ? lists('save') : t('new.save')}
        saving={save.isPending}
        error={code === 'INVALID_TRANSITION' ? undefined : save.error}
        restored={restored}
        discard={() => {
          forget();
          fields.setValues(initial);
        }}
        cancel={() => {
          forget();
          close();
        }}
      />
    </form>
  );
}

function Stages({
  value,
  onChange,
  error,
}: {
  value: string[];
  onChange: (stages: string[]) => void;
  error?: React.ReactNode;
}) {
  const { t } = useRolesWords();
  const stageName = useStageName();
  const stages = useQuery(stagesQuery).data?.data ?? [];
  return (
    <fieldset className={css.stages}>
      <legend>{t('edit.stages')}</legend>
      <p>{t('edit.stages_hint')}</p>
      <div>
        {stages.map((stage) => (
          <label key={stage.id} className={form.check}>
            <input
              type="checkbox"
              checked={value.includes(stage.id)}
              onChange={({ target }) =>
                onChange(target.checked ? [...value, stage.id] : value.filter((id) => id !== stage.id))
              }
            />
            <span>{stageName(stage)}</span>
          </label>
        ))}
      </div>
      {error && (
        <p className={css.failed} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
