/** Small parts that cards, rows and the drawer have in common. */

import { IconClock, IconClockExclamation, IconHandStop, IconUserOff } from '@tabler/icons-react';
import type { Actor, TaskCard } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useFormats } from '@/shared/format/formats';
import { type Change, isBusy } from '@/shared/live/changes';
import { Initials } from '@/shared/ui/Initials';
import { StatusIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import css from './card.module.css';
import { dueOf } from './due';
import { useTasksWords } from './words';

const SMALL = { size: 16, stroke: 1.8, 'aria-hidden': true } as const;

/** When it is due; what is done says so instead. */
export function Due({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  if (task.status === 'completed' || task.status === 'cancelled') {
    return (
      <span className={css.due}>
        <StatusIcon status={task.status} />
        {common(`task_status.${task.status}`)}
      </span>
    );
  }
  const due = dueOf(task, format);
  if (due.kind === 'late') {
    return (
      <span className={css.due} data-due="late">
        <IconClockExclamation {...SMALL} />
        {common('late_days', { count: due.days })}
      </span>
    );
  }
  return (
    <span className={css.due} data-due={due.kind}>
      <IconClock {...SMALL} />
      {due.kind === 'today' ? t('today') : due.kind === 'on' ? format.day(due.at) : t('no_due')}
    </span>
  );
}

/** "UMR-261129-A · H-5" */
export function DepartureCode({ task }: { task: TaskCard }) {
  const format = useFormats();
  const days = format.daysTo(format.daysBetween(Date.now(), `${task.departure_date}T12:00:00Z`));
  return (
    <span className={css.code} title={format.longDate(task.departure_date)}>
      {task.departure_code && <span className={css.codeName}>{task.departure_code} · </span>}
      <span className={css.days}>{days}</span>
    </span>
  );
}

const DAY_MS = 24 * 60 * 60_000;

/** For how long already; from a day on in whole days. */
export function useBlockedAge(): (task: TaskCard) => string {
  const format = useFormats();
  return ({ blocked_at }) => {
    if (!blocked_at) return '';
    const age = Math.max(0, Date.now() - Date.parse(blocked_at));
    return format.duration(age >= DAY_MS ? Math.floor(age / DAY_MS) * DAY_MS : age);
  };
}

/** Why it cannot go on, and for how long already. */
export function BlockedBy({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const age = useBlockedAge()(task);
  const text = t('blocked_since', { reason: task.blocked_reason ?? '', age });
  return (
    <div className={css.blocked} title={text}>
      <IconHandStop {...SMALL} />
      <span>{text}</span>
    </div>
  );
}

export function Assignee({ id }: { id: string | null | undefined }) {
  const { t } = useTasksWords();
  const name = useNameOf()(id);
  if (name) return <Initials name={name} />;
  const label = t('no_assignee');
  return (
    <span className={css.nobody} role="img" aria-label={label} title={label}>
      <IconUserOff size={14} stroke={1.6} aria-hidden />
    </span>
  );
}

const VERBS = {
  'task.created': 'create',
  'task.started': 'start',
  'task.completed': 'complete',
  'task.blocked': 'block',
  'task.unblocked': 'unblock',
  'task.reopened': 'reopen',
  'task.assigned': 'assign',
  'task.updated': 'update',
  'task.cancelled': 'cancel',
  'comment.created': 'comment',
} as const;

/** The verb of an event's kind; anything unknown is a change. */
export const verbOf = (kind: string): (typeof VERBS)[keyof typeof VERBS] =>
  kind in VERBS ? VERBS[kind as keyof typeof VERBS] : 'update';

/** What somebody is called in a sentence; a program has no first name. */
export function useCalled(): (by: Actor | null | undefined) => string {
  const { t } = useTasksWords();
  const nameOf = useNameOf();
  return (by) => {
    const name = nameOf(by);
    return name?.split(/\s+/)[0] ?? t(by?.type === 'user' ? 'conflict.somebody' : 'conflict.program');
  };
}

/** "Siti mengubah · baru saja": who has just changed what. */
export function Glow({ change }: { change: Change }) {
  const { t } = useTasksWords();
  const called = useCalled();
  if (isBusy()) return null;
  return (
    <div className={css.strip} data-strip="glow">
      <span>
        <b>{called(change.by)}</b> {t(`glow.${verbOf(change.kind)}`)}
      </span>
      <span className={css.now}>{t('glow.now')}</span>
    </div>
  );
}
