/** When a task is due, and since when it has been blocked, in the words of a card. */

import type { TaskCard } from '@/shared/api/types';
import type { Formats } from '@/shared/format/formats';

/** What a due date says today; its word comes from the vocabulary or from the formats. */
export type Due =
  | { kind: 'none' }
  | { kind: 'late'; days: number }
  | { kind: 'today' }
  | { kind: 'on'; at: Date };

/** A due date ends at 24:00: the last instant that belongs to it. */
const lastInstant = (dueAt: string): Date => new Date(Date.parse(dueAt) - 1);

export function dueOf(task: Pick<TaskCard, 'due_at'>, format: Formats, now = Date.now()): Due {
  if (!task.due_at) return { kind: 'none' };
  const last = lastInstant(task.due_at);
  const days = format.daysBetween(now, last);
  if (days < 0) return { kind: 'late', days: -days };
  return days === 0 ? { kind: 'today' } : { kind: 'on', at: last };
}
