/** A stage as its form has it, where numbers are text and what is empty is nothing. */

import type { Priority, Stage } from '@/shared/api/types';

export interface TemplateValues {
  /** Of one that is there already. */
  id: string | null;
  title: string;
  /** Empty: the stage's. */
  role: string;
  priority: Priority;
  required: boolean;
  due_after_days: string;
}

export interface StageValues {
  code: string;
  name: string;
  name_en: string;
  category: Stage['category'];
  role: string;
  sla_days: string;
  sla_calendar: Stage['sla_calendar'];
  not_before_days: string;
  finish_by_days: string;
  wip_limit: string;
  wip_limit_kind: Stage['wip_limit_kind'];
  auto_advance: boolean;
  mandatory: boolean;
  pause_on_third_party: boolean;
  depends_on: string[];
  templates: TemplateValues[];
}

export const NOTHING: StageValues = {
  code: '',
  name: '',
  name_en: '',
  category: 'custom',
  role: '',
  sla_days: '3',
  sla_calendar: 'calendar',
  not_before_days: '',
  finish_by_days: '',
  wip_limit: '',
  wip_limit_kind: 'soft',
  auto_advance: true,
  mandatory: true,
  pause_on_third_party: false,
  depends_on: [],
  templates: [],
};

export const NO_TEMPLATE: TemplateValues = {
  id: null,
  title: '',
  role: '',
  priority: 'normal',
  required: true,
  due_after_days: '',
};

const written = (value: number | null | undefined): string => (value == null ? '' : String(value));
const number = (value: string): number | null => (value.trim() === '' ? null : Number(value));

export const valuesOf = (stage: Stage): StageValues => ({
  code: stage.code,
  name: stage.name,
  name_en: stage.name_en,
  category: stage.category,
  role: stage.role,
  sla_days: String(stage.sla_days),
  sla_calendar: stage.sla_calendar,
  not_before_days: written(stage.not_before_days),
  finish_by_days: written(stage.finish_by_days),
  wip_limit: written(stage.wip_limit),
  wip_limit_kind: stage.wip_limit_kind,
  auto_advance: stage.auto_advance,
  mandatory: stage.mandatory,
  pause_on_third_party: stage.pause_on_third_party,
  depends_on: stage.depends_on,
  templates: stage.templates.map(({ due_after_days, ...template }) => ({
    ...template,
    due_after_days: written(due_after_days),
  })),
});

/** The stage itself, as the server takes it. */
export const stageOf = ({ templates: _, ...values }: StageValues) => ({
  ...values,
  name_en: values.name_en.trim() || null,
  sla_days: number(values.sla_days) ?? 0,
  not_before_days: number(values.not_before_days),
  finish_by_days: number(values.finish_by_days),
  wip_limit: number(values.wip_limit),
});

export const templatesOf = ({ templates }: StageValues) =>
  templates.map(({ role, due_after_days, ...template }) => ({
    ...template,
    role: role || null,
    due_after_days: number(due_after_days),
  }));
