/** The fields of a new task: for whom, in which of their stages, what, until when, by whom. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Popover.layer.css';

import { NativeSelect, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { queryClient } from '@/shared/api/queryClient';
import type { JamaahCard, JamaahDetail } from '@/shared/api/types';
import { jamaahKey, jamaahListQuery, jamaahPageQuery, useJamaah } from '@/shared/entities/jamaah';
import { peopleQuery } from '@/shared/entities/people';
import { useStageNameOf } from '@/shared/entities/stages';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import { useListWords } from '@/shared/words/lists';
import { useNewTaskWords } from '@/shared/words/newTask';
import type { NewTaskValues } from './values';

const NEEDED = ['jamaah_id', 'stage_id', 'title'] as const;
const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
const COMPLAINTS = ['title', 'jamaah_id', 'stage_id', 'due_at', 'assignee', 'role', 'notes'] as const;
const AT_ONCE = 10;
const PAUSE_MS = 200;

export function NewTaskForm({
  of,
  error,
  saving,
  submit,
  cancel,
}: {
  of: JamaahDetail | undefined;
  error: unknown;
  saving: boolean;
  submit: (values: NewTaskValues, forget: () => void) => void;
  cancel: () => void;
}) {
  const { t } = useNewTaskWords();
  const { t: lists } = useListWords();
  const { t: common } = useCommonWords();
  const roleName = useRoleName();
  const initial: NewTaskValues = {
    jamaah_id: of?.id ?? '',
    stage_id: '',
    title: '',
    due_at: '',
    priority: 'normal',
    role: '',
    assignee: '',
    notes: '',
    required: false,
  };
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<NewTaskValues>({
    draft: `task:${of?.id ?? 'new'}`,
    initial,
    error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: (values) =>
      Object.fromEntries(NEEDED.map((field) => [field, values[field].trim() ? null : lists('needed')])),
  });
  const { values, setFieldValue } = fields;
  const stages = useStagesOf(of?.id ?? values.jamaah_id);
  const stage = stages.active?.find(({ stage_id }) => stage_id === values.stage_id);
  const people = (useQuery(peopleQuery).data ?? []).filter(({ active }) => active);
  const only = stages.active?.length === 1 ? stages.active[0]?.stage_id : undefined;
  // most are in one stage at a time
  useEffect(() => {
    if (only && values.stage_id !== only) setFieldValue('stage_id', only);
  }, [only, values.stage_id, setFieldValue]);
  const role = stage && roleName(stage.role);
  const roles = [...new Set([...people.flatMap((one) => one.roles)])].sort();
  return (
    <form
      className={form.form}
      noValidate
      onSubmit={fields.onSubmit((given) => submit(given, forget))}
      aria-label={t('title')}
    >
      {!of && (
        <JamaahField
          value={values.jamaah_id}
          error={fields.errors.jamaah_id}
          choose={(id) => fields.setValues({ jamaah_id: id, stage_id: '' })}
        />
      )}
      <NativeSelect
        className={form.wide}
        required
        label={t('stage')}
        description={
          !stages.of ? t('stage_first') : stages.active?.length === 0 ? undefined : t('stage_hint')
        }
        {...fields.getInputProps('stage_id')}
        error={stages.active?.length === 0 ? t('stage_none') : fields.errors.stage_id}
        disabled={!stages.active?.length}
        data={[
          { value: '', label: '' },
          ...(stages.active ?? []).map(({ stage_id, name }) => ({ value: stage_id, label: name })),
        ]}
      />
      <TextInput
        className={form.wide}
        required
        maxLength={200}
        label={t('name')}
        description={t('name_hint')}
        {...(of ? { 'data-autofocus': true } : {})}
        {...fields.getInputProps('title')}
      />
      <TextInput
        type="date"
        label={t('due')}
        description={t('due_hint')}
        {...fields.getInputProps('due_at')}
      />
      <NativeSelect
        label={t('priority')}
        data={PRIORITIES.map((value) => ({ value, label: common(`priority.${value}`) }))}
        {...fields.getInputProps('priority')}
      />
      <NativeSelect
        label={t('role')}
        data={[
          { value: '', label: role ? t('role_of_stage', { role }) : t('role_of_stage_unknown') },
          ...roles.map((value) => ({ value, label: roleName(value) })),
        ]}
        {...fields.getInputProps('role')}
      />
      <NativeSelect
        label={t('assignee')}
        data={[
          { value: '', label: t('nobody') },
          ...people.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        {...fields.getInputProps('assignee')}
      />
      <Textarea
        className={form.wide}
        autosize
        minRows={2}
        maxLength={2000}
        label={t('notes')}
        {...fields.getInputProps('notes')}
      />
      <label className={`${form.check} ${form.wide}`}>
        <input type="checkbox" {...fields.getInputProps('required', { type: 'checkbox' })} />
        <span>{t('required')}</span>
      </label>
      <FormFoot
        what={t('what')}
        save={t('submit')}
        saving={saving}
        error={error}
        restored={restored}
        discard={() => {
          forget();
          fields.setValues(initial);
        }}
        cancel={() => {
          forget();
          cancel();
        }}
      />
    </form>
  );
}

/** The stages that somebody is in; `undefined` while that is not known. */
function useStagesOf(id: string) {
  const nameOf = useStageNameOf();
  const { data } = useQuery({ ...jamaahPageQuery(id), enabled: id !== '' });
  return {
    of: id,
    active: data?.data.path
      .filter(({ state }) => state === 'active')
      .map(({ stage_id, stage_name, role }) => ({ stage_id, role, name: nameOf(stage_id) ?? stage_name })),
  };
}

const labelOf = ({ name, passport_number, departure_code }: JamaahCard): string =>
  [name, passport_number, departure_code].filter(Boolean).join(' · ');

/** Found by typing; whoever was chosen stays among the choices. */
function JamaahField({
  value,
  error,
  choose,
}: {
  value: string;
  error: ReactNode;
  choose: (id: string) => void;
}) {
  const { t } = useNewTaskWords();
  const chosen = useJamaah(value);
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, PAUSE_MS);
  const isTyped = asked !== '' && asked !== (chosen && labelOf(chosen));
  const found = useQuery({
    ...jamaahListQuery({ limit: AT_ONCE, ...(isTyped ? { q: asked } : {}) }),
    placeholderData: keepPreviousData,
  });
  const cards = (found.data?.ids ?? [])
    .map((id) => queryClient.getQueryData<JamaahCard>(jamaahKey(id)))
    .filter((card) => card !== undefined);
  const all = chosen && !cards.some(({ id }) => id === chosen.id) ? [chosen, ...cards] : cards;
  return (
    <Select
      className={form.wide}
      required
      searchable
      openOnFocus={false}
      data-autofocus
      label={t('jamaah')}
      placeholder={t('jamaah_hint')}
      nothingFoundMessage={t(found.isFetching ? 'jamaah_searching' : 'jamaah_none')}
      // the server has searched
      filter={({ options }) => options}
      data={all.map((card) => ({ value: card.id, label: labelOf(card) }))}
      value={value || null}
      onChange={(id: string | null) => choose(id ?? '')}
      searchValue={text}
      onSearchChange={setText}
      error={error}
    />
  );
}
