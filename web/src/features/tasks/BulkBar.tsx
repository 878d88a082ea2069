/** Stands while tasks are chosen: how many, and what can be done with all of them. */

import {
  IconCheck,
  IconChevronsUp,
  IconHandStop,
  IconLoader2,
  IconUserPlus,
  IconX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import actionCss from './actions.module.css';
import css from './bulk.module.css';
import { useBulkRun } from './bulkRun';
import { useCollect, useCollecting } from './collect';
import { cardOf } from './commands';
import { askFor } from './dialogs';
import { useForbidden } from './rights';
import { clearSelection, useIsChoosing, useSelectedIds } from './selection';
import { useTasksWords } from './words';

export function BulkBar({
  filters,
  total,
  floating = false,
}: {
  filters: TaskFilters;
  /** How many the filter finds; counted here when it is not known. */
  total?: number;
  floating?: boolean;
}) {
  const { t } = useTasksWords();
  const format = useFormats();
  const ids = useSelectedIds();
  const choosing = useIsChoosing();
  const collect = useCollect();
  const collecting = useCollecting();
  const counted = useQuery({
    ...tasksQuery({ ...filters, limit: 1 }),
    enabled: (ids.size > 0 || choosing) && total === undefined,
  });
  const all = total ?? counted.data?.meta.total ?? 0;
  if (ids.size === 0 && !collecting && !choosing) return null;
  return (
    <section className={css.bar} data-floating={floating || undefined} aria-label={t('bulk.label')}>
      <strong role="status">
        {ids.size === 0 && choosing ? t('bulk.tap') : t('bulk.chosen', { count: ids.size })}
      </strong>
      {collecting ? (
        <span className={css.collecting}>
          <IconLoader2 size={16} stroke={1.8} aria-hidden />
          {t('bulk.collecting', { done: format.count(collecting.done), all: format.count(collecting.all) })}
        </span>
      ) : (
        all > ids.size && (
          <button type="button" className={css.all} onClick={() => void collect(filters)}>
            {t('bulk.all', { count: all })}
          </button>
        )
      )}
      {ids.size > 0 && <BulkActions ids={ids} />}
      <button
        type="button"
        className={css.clear}
        aria-label={t('bulk.clear')}
        data-tip={t('bulk.clear')}
        onClick={clearSelection}
      >
        <IconX size={18} stroke={1.8} aria-hidden />
      </button>
    </section>
  );
}

function BulkActions({ ids }: { ids: ReadonlySet<string> }) {
  const { t } = useTasksWords();
  const forbidden = useForbidden();
  const bulk = useBulkRun();
  const all = [...ids];
  const buttons = [
    {
      action: 'complete',
      label: t('bulk.complete'),
      icon: IconCheck,
      go: () => bulk(all, { action: 'complete' }),
    },
    {
      action: 'block',
      label: t('action.block'),
      icon: IconHandStop,
      go: () => askFor({ kind: 'block', ids: all }),
    },
    {
      action: 'assign',
      label: t('action.assign'),
      icon: IconUserPlus,
      go: () => askFor({ kind: 'assign', ids: all }),
    },
    {
      action: 'update',
      label: t('action.priority'),
      icon: IconChevronsUp,
      go: () => askFor({ kind: 'priority', ids: all }),
    },
  ] as const;
  return (
    <div className={css.actions}>
      {buttons.map(({ action, label, icon: Icon, go }) => {
        // forbidden for all of them; single ones are told apart by the server
        const reasons = all.slice(0, 20).map((id) => {
          const task = cardOf(id);
          return task && forbidden(action, task);
        });
        const reason = reasons.every(Boolean) ? reasons[0] : undefined;
        return (
          <button
            key={action}
            type="button"
            className={actionCss.button}
            data-look={action === 'complete' ? 'filled' : 'outlined'}
            aria-disabled={reason ? true : undefined}
            aria-description={reason}
            data-tip={reason}
            onClick={reason ? undefined : go}
          >
            <Icon size={16} stroke={1.8} aria-hidden />
            {label}
          </button>
        );
      })}
    </div>
  );
}
