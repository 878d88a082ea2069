/** The column of the board that a task is in, by the server's rule (`docs/rules.md`), for a row that has just changed. */

import { TZDate } from '@date-fns/tz';
import { addDays, startOfDay } from 'date-fns';
import type { Bucket, DepartureRisk, Priority, TaskStatus } from '@/shared/api/types';

const UPCOMING_DAYS = 7;

export interface Bucketed {
  status: TaskStatus;
  priority: Priority;
  due_at?: string | null;
  departure_risk: DepartureRisk;
}

/** The first that holds. A due date ends at 24:00 in the tenant's zone. */
export function bucketOf(task: Bucketed, now: Date, timezone: string): Bucket {
  if (task.status === 'blocked') return 'blocked';
  const today = startOfDay(new TZDate(now, timezone));
  // 24:00 of a day is 00:00 of the next one, and still belongs to it
  const due = task.due_at ? new Date(task.due_at).getTime() : Number.POSITIVE_INFINITY;
  if (due <= today.getTime() || task.priority === 'urgent' || task.departure_risk === 'high') return 'urgent';
  if (due <= addDays(today, 1).getTime()) return 'today';
  if (due <= addDays(today, UPCOMING_DAYS + 1).getTime()) return 'upcoming';
  return 'later';
}
