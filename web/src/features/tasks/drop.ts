/** What it means to put a card into another column: which commands, what has to be asked first, or why not. */

import { TZDate } from '@date-fns/tz';
import { addDays, startOfDay } from 'date-fns';
import type { Bucket, TaskCard } from '@/shared/api/types';
import { dateIn } from '@/shared/format/days';
import type { Command } from './command';

/** In the order of the board. */
export const BUCKETS = ['blocked', 'urgent', 'today', 'upcoming', 'later'] as const satisfies Bucket[];

const UPCOMING_DAYS = 7;

export interface Drop {
  to: Bucket;
  /** Carried out first, before what was asked for. */
  first: Command[];
  /** What to ask before: a reason for the block, or a day. Without it `last` is carried out at once. */
  asks?: 'reason' | 'date';
  last?: Command;
  /** Goes along with the new day, so that the card does not stay urgent. */
  priority?: 'high';
}

export type Refusal = 'same' | 'closed' | 'risk';

/** What dropping would do, or the reason why it does nothing. */
export function planDrop(task: TaskCard, to: Bucket): Drop | Refusal {
  if (task.status === 'completed' || task.status === 'cancelled') return 'closed';
  if (task.bucket === to) return 'same';
  if (to === 'blocked') return { to, first: [], asks: 'reason' };
  const first: Command[] = task.status === 'blocked' ? [{ action: 'unblock' }] : [];
  if (to === 'urgent') {
    // unblocking alone may put it there
    const urgent = task.priority === 'urgent' || task.departure_risk === 'high';
    return urgent && first.length > 0
      ? { to, first }
      : { to, first, last: { action: 'update', changes: { priority: 'urgent' } } };
  }
  // whatever its date, it would stay urgent
  if (task.departure_risk === 'high') return 'risk';
  return { to, first, asks: 'date', ...(task.priority === 'urgent' ? { priority: 'high' } : {}) };
}

/** All that a drop will send, for asking whether one may. */
export const actionsOf = (drop: Drop): Command['action'][] => [
  ...drop.first.map(({ action }) => action),
  ...(drop.asks === 'reason'
    ? (['block'] as const)
    : drop.asks === 'date' || drop.last
      ? (['update'] as const)
      : []),
];

/** The first and last day of a column, as dates `2026-12-01`; `later` has no last. */
export function daysOf(bucket: Bucket, now: Date, timezone: string): { from: string; to?: string } {
  const day = (offset: number) => dateIn(addDays(startOfDay(new TZDate(now, timezone)), offset));
  if (bucket === 'today') return { from: day(0), to: day(0) };
  if (bucket === 'upcoming') return { from: day(1), to: day(UPCOMING_DAYS) };
  return { from: day(UPCOMING_DAYS + 1) };
}
