/** Somebody's name and roles. Only what was changed is sent. */

import '@mantine/core/styles/Input.layer.css';

import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import type { User } from '@/shared/api/types';
import { RoleChecks } from '@/shared/roles/RoleChecks';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { differences, useDraftForm } from '@/shared/ui/useDraftForm';
import { useListWords } from '@/shared/words/lists';
import css from './people.module.css';
import { reload } from './queries';
import { usePeopleWords } from './words';

interface Values {
  name: string;
  roles: string[];
  agent: string;
}

const COMPLAINTS = ['name', 'roles', 'agent'] as const;

const valuesOf = ({ name, roles, agent }: User): Values => ({
  name,
  roles: [...roles].sort(),
  agent: agent ?? '',
});

export function PersonForm({ of, close }: { of: User; close: () => void }) {
  const { t } = usePeopleWords();
  const { t: lists } = useListWords();
  // as it was when it was opened: what differs was changed here
  const [initial] = useState(() => valuesOf(of));
  const save = useMutation({
    mutationFn: ({ agent, ...values }: Values) => {
      const { agent: before, ...was } = initial;
      const changed = {
        ...differences(was, { ...values, name: values.name.trim(), roles: [...values.roles].sort() }),
        ...(agent.trim() === before ? {} : { agent: agent.trim() || null }),
      };
      return ask(
        api.PUT('/api/v1/users/{id}', {
          params: { path: { id: of.id } },
          body: { ...changed, version: of.version },
        }),
      );
    },
    onSuccess: ({ data }) => {
      forget();
      close();
      toast.success({ title: t('person.saved', { name: data.name }) });
    },
    onSettled: reload,
  });
  const last = save.error instanceof ApiError && save.error.code === 'INVALID_TRANSITION';
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<Values>({
    draft: `person:${of.id}`,
    initial,
    error: save.error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: ({ name }) => ({ name: name.trim() ? null : lists('needed') }),
  });
  return (
    <form className={form.form} noValidate onSubmit={fields.onSubmit((values) => save.mutate(values))}>
      <TextInput
        required
        maxLength={200}
        label={t('person.name')}
        description={of.email}
        {...fields.getInputProps('name')}
      />
      <TextInput
        maxLength={200}
        label={t('person.agent')}
        description={t('person.agent_hint')}
        {...fields.getInputProps('agent')}
      />
      <div className={form.wide}>
        <RoleChecks
          label={t('person.roles')}
          value={fields.values.roles}
          onChange={(roles) => fields.setFieldValue('roles', roles)}
          error={fields.errors.roles}
        />
        {last && (
          <p className={css.failed} role="alert">
            {t('person.last')}
          </p>
        )}
      </div>
      <FormFoot
        what={t('person.what', { name: of.name })}
        save={lists('save')}
        saving={save.isPending}
        error={last ? undefined : save.error}
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
