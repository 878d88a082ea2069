/** Plans a departure, or changes one: another date moves the windows and due dates of everybody on it. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import type { Departure, DepartureReport } from '@/shared/api/types';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { differences, useDraftForm } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { useListWords } from '@/shared/words/lists';
import css from './departures.module.css';
import { useDepartureWords } from './words';

interface Values {
  code: string;
  departure_date: string;
  package: string;
  seats: string;
  state: Departure['state'];
}

const NONE: Values = { code: '', departure_date: '', package: '', seats: '', state: 'scheduled' };
const STATES = ['scheduled', 'departed', 'cancelled'] as const;
const FIELDS = ['code', 'departure_date', 'seats'] as const;

const valuesOf = (one: Departure): Values => ({
  code: one.code,
  departure_date: one.departure_date,
  package: one.package ?? '',
  seats: one.seats == null ? '' : String(one.seats),
  state: one.state,
});

const bodyOf = ({ seats, state: _, ...values }: Values) => ({
  ...values,
  package: values.package || null,
  seats: seats === '' ? null : Number(seats),
});

export default function DepartureDialog({ of, close }: { of?: DepartureReport; close: () => void }) {
  const { t } = useDepartureWords();
  const { t: lists } = useListWords();
  const fullScreen = usePhone();
  const [initial] = useState(() => (of ? valuesOf(of) : NONE));
  // after a conflict the next attempt is about what stands there now
  const [version, setVersion] = useState(of?.version);
  const save = useMutation({
    mutationFn: (values: Values) =>
      of
        ? ask(
            api.PUT('/api/v1/pipeline/departures/{id}', {
              params: { path: { id: of.id } },
              body: {
                ...differences(
                  { ...bodyOf(initial), state: initial.state },
                  { ...bodyOf(values), state: values.state },
                ),
                version: version ?? of.version,
              },
            }),
          )
        : ask(api.POST('/api/v1/pipeline/departures', { body: bodyOf(values) })),
    onError: (error) => {
      const current = error instanceof ApiError ? error.current<Departure>() : undefined;
      if (current) setVersion(current.version);
    },
    onSuccess: ({ data }) => {
      forget();
      close();
      toast.success({ title: t(of ? 'edit.done' : 'plan.done', { code: data.code }) });
      return queryClient.invalidateQueries({ queryKey: ['departures'] });
    },
  });
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<Values>({
    draft: `departure:${of?.id ?? 'new'}`,
    initial,
    error: save.error,
    complaint: (field) => {
      const known = FIELDS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: ({ code, departure_date, seats }) => ({
      code: code.trim() ? null : lists('needed'),
      departure_date: departure_date ? null : lists('needed'),
      seats: seats === '' || /^\d+$/.test(seats) ? null : t('complaint.seats'),
    }),
  });
  const moves = of !== undefined && fields.values.departure_date !== initial.departure_date;
  const leave = () => {
    forget();
    close();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={of ? t('edit.title', { code: of.code }) : t('plan.title')}
      fullScreen={fullScreen}
    >
      <form className={form.form} noValidate onSubmit={fields.onSubmit((values) => save.mutate(values))}>
        <TextInput label={t('column.code')} required data-autofocus {...fields.getInputProps('code')} />
        <TextInput
          type="date"
          label={t('column.date')}
          required
          {...fields.getInputProps('departure_date')}
        />
        <TextInput label={t('column.package')} {...fields.getInputProps('package')} />
        <TextInput label={t('column.seats')} inputMode="numeric" {...fields.getInputProps('seats')} />
        {of && (
          <NativeSelect
            className={form.wide}
            label={t('column.state')}
            data={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
            {...fields.getInputProps('state')}
          />
        )}
        {moves && (
          <p className={css.warning} role="status">
            {t('edit.moves', { count: of.people })}
          </p>
        )}
        <FormFoot
          what={of?.code ?? t('plan.what')}
          save={of ? lists('save') : t('plan.open')}
          saving={save.isPending}
          error={save.error}
          restored={restored}
          discard={() => {
            forget();
            fields.setValues(initial);
          }}
          cancel={leave}
        />
      </form>
    </Modal>
  );
}
