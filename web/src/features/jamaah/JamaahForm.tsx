/** The fields of a person, for registering and for correcting. */

import '@mantine/core/styles/Input.layer.css';

import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Jamaah } from '@/shared/api/types';
import { departureChoicesQuery } from '@/shared/entities/departures';
import { useFormats } from '@/shared/format/formats';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { useListWords } from '@/shared/words/lists';
import { useJamaahWords } from './words';

export interface JamaahValues {
  name: string;
  passport_number: string;
  passport_expiry: string;
  birth_date: string;
  sex: '' | 'male' | 'female';
  nationality: string;
  departure_id: string;
  package: string;
  phone: string;
  agent: string;
  notes: string;
}

export const NOBODY: JamaahValues = {
  name: '',
  passport_number: '',
  passport_expiry: '',
  birth_date: '',
  sex: '',
  nationality: 'IDN',
  departure_id: '',
  package: '',
  phone: '',
  agent: '',
  notes: '',
};

export const valuesOf = (one: Jamaah): JamaahValues => ({
  name: one.name,
  passport_number: one.passport_number,
  passport_expiry: one.passport_expiry ?? '',
  birth_date: one.birth_date,
  sex: one.sex ?? '',
  nationality: one.nationality ?? '',
  departure_id: one.departure_id,
  package: one.package ?? '',
  phone: one.phone ?? '',
  agent: one.agent ?? '',
  notes: one.notes ?? '',
});

/** What is empty is nothing. */
export const bodyOf = ({ departure_id: _, ...values }: JamaahValues) => ({
  ...values,
  passport_expiry: values.passport_expiry || null,
  sex: values.sex || null,
});

const NEEDED = ['name', 'passport_number', 'birth_date', 'departure_id'] as const;

export function JamaahForm({
  draft,
  initial,
  error,
  saving,
  submit,
  cancel,
}: {
  /** `new`, or the id of whom it is about. */
  draft: string;
  initial: JamaahValues;
  error: unknown;
  saving: boolean;
  submit: (values: JamaahValues, forget: () => void) => void;
  cancel: () => void;
}) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const departures = useQuery(departureChoicesQuery).data ?? [];
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm({
    draft: `jamaah:${draft}`,
    initial,
    error,
    complaint: (field) => (isKnown(field) ? t(`form.complaint.${field}`) : undefined),
    validate: (values) =>
      Object.fromEntries(NEEDED.map((field) => [field, values[field].trim() ? null : lists('needed')])),
  });
  const text = (field: keyof JamaahValues) => ({ label: t(`form.${field}`), ...fields.getInputProps(field) });
  const leave = () => {
    forget();
    cancel();
  };
  return (
    <form className={form.form} noValidate onSubmit={fields.onSubmit((values) => submit(values, forget))}>
      <TextInput
        className={form.wide}
        required
        description={t('form.name_hint')}
        data-autofocus
        {...text('name')}
      />
      <TextInput required {...text('passport_number')} />
      <TextInput type="date" {...text('passport_expiry')} />
      <TextInput type="date" required {...text('birth_date')} />
      <NativeSelect
        {...text('sex')}
        data={[
          { value: '', label: '' },
          { value: 'male', label: t('form.male') },
          { value: 'female', label: t('form.female') },
        ]}
      />
      <NativeSelect
        className={form.wide}
        required
        {...text('departure_id')}
        data={[
          { value: '', label: '' },
          ...departures.map(({ id, code, departure_date }) => ({
            value: id,
            label: `${code} · ${format.date(departure_date)} · ${format.daysTo(format.daysUntil(departure_date))}`,
          })),
        ]}
      />
      <TextInput {...text('package')} />
      <TextInput {...text('nationality')} />
      <TextInput type="tel" {...text('phone')} />
      <TextInput {...text('agent')} />
      <Textarea className={form.wide} autosize minRows={2} {...text('notes')} />
      <FormFoot
        what={draft === 'new' ? t('register.what') : initial.name}
        save={draft === 'new' ? t('register.open') : lists('save')}
        saving={saving}
        error={error}
        restored={restored}
        discard={() => {
          forget();
          fields.setValues(initial);
        }}
        cancel={leave}
      />
    </form>
  );
}

const COMPLAINTS = [
  'name',
  'passport_number',
  'birth_date',
  'passport_expiry',
  'departure_id',
  'phone',
] as const;

const isKnown = (field: string): field is (typeof COMPLAINTS)[number] =>
  (COMPLAINTS as readonly string[]).includes(field);
