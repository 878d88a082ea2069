/** What is filled in for a new task, and what of it the server is sent. */

import type { components } from '@/shared/api/schema';
import type { Priority } from '@/shared/api/types';
import { endOfDay } from '@/shared/format/days';

export interface NewTaskValues {
  jamaah_id: string;
  stage_id: string;
  title: string;
  /** A day, or empty for that of the stage. */
  due_at: string;
  priority: Priority;
  /** Empty for that of the stage. */
  role: string;
  assignee: string;
  notes: string;
  required: boolean;
}

/** What is empty is left to the server. */
export const bodyOf = (values: NewTaskValues, timezone: string): components['schemas']['NewTask'] => ({
  jamaah_id: values.jamaah_id,
  stage_id: values.stage_id,
  title: values.title.trim(),
  priority: values.priority,
  required: values.required,
  due_at: values.due_at ? endOfDay(values.due_at, timezone) : null,
  role: values.role || null,
  assignee: values.assignee || null,
  notes: values.notes.trim() || null,
});
