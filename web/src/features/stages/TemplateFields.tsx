/** The tasks that are made when a stage opens, in their order. */

import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import form from '@/shared/ui/form.module.css';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import { moved } from './order';
import css from './stages.module.css';
import { NO_TEMPLATE, type TemplateValues } from './stageValues';
import { useStageWords } from './words';

const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
const ICON = { size: 16, stroke: 1.8, 'aria-hidden': true } as const;

export function TemplateFields({
  templates,
  roles,
  change,
}: {
  templates: TemplateValues[];
  roles: string[];
  change: (templates: TemplateValues[]) => void;
}) {
  const { t } = useStageWords();
  const { t: common } = useCommonWords();
  const roleName = useRoleName();
  const set = (index: number, values: Partial<TemplateValues>) =>
    change(templates.map((template, at) => (at === index ? { ...template, ...values } : template)));
  return (
    <fieldset className={`${css.group} ${form.wide}`}>
      <legend>{t('templates.title')}</legend>
      <p className={css.hint}>{t('templates.hint')}</p>
      <ol className={css.templates}>
        {templates.map((template, index) => {
          const number = index + 1;
          const label = (words: string) => `${words}, ${t('templates.task', { number })}`;
          return (
            <li key={template.id ?? `new-${index}`} className={css.template}>
              <input
                className={css.input}
                aria-label={label(t('templates.name'))}
                placeholder={t('templates.name')}
                value={template.title}
                required
                onChange={({ target }) => set(index, { title: target.value })}
              />
              <select
                className={css.input}
                aria-label={label(t('field.role'))}
                value={template.role}
                onChange={({ target }) => set(index, { role: target.value })}
              >
                <option value="">{t('templates.same_role')}</option>
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {roleName(role)}
                  </option>
                ))}
              </select>
              <select
                className={css.input}
                aria-label={label(t('templates.priority'))}
                value={template.priority}
                onChange={({ target }) =>
                  set(index, { priority: PRIORITIES.find((known) => known === target.value) ?? 'normal' })
                }
              >
                {PRIORITIES.map((priority) => (
                  <option key={priority} value={priority}>
                    {common(`priority.${priority}`)}
                  </option>
                ))}
              </select>
              <input
                className={css.input}
                inputMode="numeric"
                aria-label={label(t('templates.due'))}
                placeholder={t('templates.due')}
                value={template.due_after_days}
                onChange={({ target }) => set(index, { due_after_days: target.value.replace(/\D/g, '') })}
              />
              <label className={form.check}>
                <input
                  type="checkbox"
                  checked={template.required}
                  onChange={({ target }) => set(index, { required: target.checked })}
                />
                <span>{t('templates.required')}</span>
              </label>
              <span className={css.templateButtons}>
                <button
                  type="button"
                  aria-label={label(t('templates.up'))}
                  disabled={index === 0}
                  onClick={() => change(moved(templates, index, index - 1))}
                >
                  <IconArrowUp {...ICON} />
                </button>
                <button
                  type="button"
                  aria-label={label(t('templates.down'))}
                  disabled={index === templates.length - 1}
                  onClick={() => change(moved(templates, index, index + 1))}
                >
                  <IconArrowDown {...ICON} />
                </button>
                <button
                  type="button"
                  aria-label={label(t('templates.remove'))}
                  onClick={() => change(templates.filter((_, at) => at !== index))}
                >
                  <IconTrash {...ICON} />
                </button>
              </span>
            </li>
          );
        })}
      </ol>
      <Button
        variant="default"
        leftSection={<IconPlus {...ICON} />}
        onClick={() => change([...templates, NO_TEMPLATE])}
      >
        {t('templates.add')}
      </Button>
    </fieldset>
  );
}
