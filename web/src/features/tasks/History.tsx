/** What happened to a task, out of what its jamaah's page knows of the log. */

import { useQuery } from '@tanstack/react-query';
import type { TaskCard } from '@/shared/api/types';
import { jamaahPageQuery } from '@/shared/entities/jamaah';
import { useNameOf } from '@/shared/entities/people';
import { useFormats } from '@/shared/format/formats';
import { useMay } from '@/shared/session/session';
import css from './drawer.module.css';
import { useTasksWords } from './words';

const KINDS = [
  'created',
  'started',
  'completed',
  'blocked',
  'unblocked',
  'reopened',
  'assigned',
  'updated',
  'cancelled',
  'overdue',
] as const;

export function History({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const format = useFormats();
  const nameOf = useNameOf();
  const may = useMay();
  const { data } = useQuery({ ...jamaahPageQuery(task.jamaah_id), enabled: may('jamaah.read') });
  if (!data) return null;
  const events = data.data.events?.items.filter(({ subject_id }) => subject_id === task.id);
  const word = (kind: string) => {
    const known = KINDS.find((one) => kind === `task.${one}`);
    return known ? t(`history.${known}`) : t('history.other');
  };
  return (
    <section className={css.part} aria-label={t('drawer.history')}>
      <h3 className={css.heading}>{t('drawer.history')}</h3>
      {!events && <p className={css.quiet}>{t('drawer.history_none')}</p>}
      <ol className={css.history}>
        {events?.map(({ seq, kind, occurred_at, actor }) => (
          <li key={seq}>
            <time dateTime={occurred_at}>{format.ago(occurred_at)}</time>
            <span>
              {word(kind)} · {nameOf(actor) ?? t('history.program')}
            </span>
          </li>
        ))}
        {/* the page of the log that is known may begin later */}
        {!events?.some(({ kind }) => kind === 'task.created') && (
          <li>
            <time dateTime={task.created_at}>{format.ago(task.created_at)}</time>
            <span>{t('history.created')}</span>
          </li>
        )}
      </ol>
    </section>
  );
}
