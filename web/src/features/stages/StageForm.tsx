/** The rules of one stage, and the tasks that are made when it opens. Saved together; a refusal stands at its field. */

import '@mantine/core/styles/Input.layer.css';

import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StageReport } from '@/shared/api/types';
import { peopleQuery } from '@/shared/entities/people';
import { useStageName } from '@/shared/entities/stages';
import { Action } from '@/shared/ui/Action';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useListWords } from '@/shared/words/lists';
import { RetireDialog } from './RetireDialog';
import css from './stages.module.css';
import { NOTHING, type StageValues, valuesOf } from './stageValues';
import { TemplateFields } from './TemplateFields';
import { useSaveStage } from './useSaveStage';
import { useStageWords } from './words';

const CALENDARS = ['calendar', 'working', 'working_saudi'] as const;
const CATEGORIES = ['document', 'government', 'travel', 'logistics', 'custom'] as const;
const RULES = ['auto_advance', 'mandatory', 'pause_on_third_party'] as const;
const DAYS = ['sla_days', 'not_before_days', 'finish_by_days', 'wip_limit'] as const;
const COMPLAINTS = ['code', 'name', 'role', 'depends_on', ...DAYS] as const;

export function StageForm({
  of,
  stages,
  close,
  refusal,
}: {
  of: StageReport | undefined;
  stages: StageReport[];
  close: () => void;
  refusal: string | undefined;
}) {
  const { t } = useStageWords();
  const { t: lists } = useListWords();
  const stageName = useStageName();
  const roleName = useRoleName();
  const people = useQuery(peopleQuery).data ?? [];
  const roles = [
    ...new Set([...stages.map(({ role }) => role), ...people.flatMap((one) => one.roles)]),
  ].sort();
  const [retiring, setRetiring] = useState(false);
  const [initial] = useState(() => (of ? valuesOf(of) : { ...NOTHING, role: roles[0] ?? '' }));
  const save = useSaveStage(of, initial, () => {
    forget();
    close();
  });
  const {
    form: fields,
    restored,
    forget,
  } = useDraftForm<StageValues>({
    draft: `stage:${of?.id ?? 'new'}`,
    initial,
    error: save.error,
    complaint: (field) => {
      const known = COMPLAINTS.find((one) => one === field);
      return known && t(`complaint.${known}`);
    },
    validate: (values) => ({
      code: /^[a-z0-9-]{1,64}$/.test(values.code) ? null : t('complaint.code'),
      name: values.name.trim() ? null : lists('needed'),
      role: values.role.trim() ? null : lists('needed'),
      ...Object.fromEntries(
        DAYS.map((field) => [field, /^\d*$/.test(values[field].trim()) ? null : t(`complaint.${field}`)]),
      ),
    }),
  });
  const text = (field: keyof StageValues) => ({
    label: t(`field.${field as 'name'}`),
    ...fields.getInputProps(field),
  });
  const others = stages.filter(({ id }) => id !== of?.id);
  const { depends_on } = fields.values;
  const what = of ? stageName(of) : t('new.what');
  return (
    <div className={css.panel}>
      <header className={css.formHead}>
        <h2>{of ? what : t('new.title')}</h2>
        {of && (
          <Action variant="default" refusal={refusal} onClick={() => setRetiring(true)}>
            {t('retire.open')}
          </Action>
        )}
      </header>
      <form
        className={`${form.form} ${css.form}`}
        noValidate
        onSubmit={fields.onSubmit((values) => save.mutate(values))}
      >
        {refusal && <p className={css.refusal}>{refusal}</p>}
        <TextInput required {...text('name')} />
        <TextInput description={t('hint.name_en')} {...text('name_en')} />
        {!of && <TextInput required description={t('hint.code')} {...text('code')} />}
        <NativeSelect
          {...text('role')}
          required
          data={roles.map((value) => ({ value, label: roleName(value) }))}
        />
        <NativeSelect
          {...text('category')}
          data={CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
        />
        <TextInput required inputMode="numeric" description={t('hint.sla_days')} {...text('sla_days')} />
        <NativeSelect
          {...text('sla_calendar')}
          description={t('hint.sla_calendar')}
          data={CALENDARS.map((value) => ({ value, label: t(`calendar.${value}`) }))}
        />
        <TextInput inputMode="numeric" description={t('hint.not_before_days')} {...text('not_before_days')} />
        <TextInput inputMode="numeric" description={t('hint.finish_by_days')} {...text('finish_by_days')} />
        <TextInput inputMode="numeric" description={t('hint.wip_limit')} {...text('wip_limit')} />
        <NativeSelect
          {...text('wip_limit_kind')}
          description={t('hint.wip_limit_kind')}
          data={(['soft', 'hard'] as const).map((value) => ({ value, label: t(`wip.${value}`) }))}
        />
        <fieldset className={`${css.group} ${form.wide}`}>
          <legend>{t('field.rules')}</legend>
          {RULES.map((rule) => (
            <label key={rule} className={form.check}>
              <input type="checkbox" {...fields.getInputProps(rule, { type: 'checkbox' })} />
              <span>
                {t(`field.${rule}`)}
                <small>{t(`hint.${rule}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset
          className={`${css.group} ${form.wide}`}
          aria-describedby={fields.errors.depends_on ? 'depends-on-error' : undefined}
          data-invalid={fields.errors.depends_on ? true : undefined}
        >
          <legend>{t('field.depends_on')}</legend>
          <div className={css.stageChecks}>
            {others.map((stage) => (
              <label key={stage.id} className={form.check}>
                <input
                  type="checkbox"
                  checked={depends_on.includes(stage.id)}
                  onChange={({ target }) => {
                    fields.clearFieldError('depends_on');
                    fields.setFieldValue(
                      'depends_on',
                      target.checked ? [...depends_on, stage.id] : depends_on.filter((id) => id !== stage.id),
                    );
                  }}
                />
                <span>
                  {stage.position}. {stageName(stage)}
                </span>
              </label>
            ))}
          </div>
          {fields.errors.depends_on && (
            <p id="depends-on-error" className={css.fieldError} role="alert">
              {fields.errors.depends_on}
            </p>
          )}
        </fieldset>
        <TemplateFields
          templates={fields.values.templates}
          roles={roles}
          change={(templates) => fields.setFieldValue('templates', templates)}
        />
        <FormFoot
          what={what}
          save={of ? lists('save') : t('new.save')}
          saving={save.isPending}
          error={save.error}
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
      {of && <RetireDialog of={of} opened={retiring} close={() => setRetiring(false)} retired={close} />}
    </div>
  );
}
