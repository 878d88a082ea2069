/** One task as a row of the table. */

import { IconHandStop } from '@tabler/icons-react';
import { memo } from 'react';
import type { TaskCard } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageOfTask } from '@/shared/entities/stages';
import { useTask } from '@/shared/entities/tasks';
import { useChange } from '@/shared/live/changes';
import { Bone } from '@/shared/ui/Late';
import { PriorityIcon, RiskBar } from '@/shared/vocabulary/badges';
import { useActions } from './actions';
import card from './card.module.css';
import { Assignee, DepartureCode, Due, Glow, useBlockedAge } from './lines';
import { orderAround } from './lists';
import { selectRange, toggle, useIsSelected } from './selection';
import css from './table.module.css';
import { usePending } from './underway';
import { useTasksWords } from './words';

export const Row = memo(function Row({ id, first }: { id: string; first: boolean }) {
  const task = useTask(id);
  if (!task) {
    return (
      <tr>
        <td colSpan={8}>
          <Bone width="60%" height={10} />
        </td>
      </tr>
    );
  }
  return <Drawn task={task} first={first} />;
});

function Drawn({ task, first }: { task: TaskCard; first: boolean }) {
  const { t } = useTasksWords();
  const { open } = useActions();
  const stageOf = useStageOfTask();
  const nameOf = useNameOf();
  const selected = useIsSelected(task.id);
  const pending = usePending(task.id);
  const change = useChange(`task:${task.id}`);
  const choose = (event: React.MouseEvent | React.ChangeEvent) => {
    if ('shiftKey' in event.nativeEvent && event.nativeEvent.shiftKey) {
      selectRange(task.id, orderAround(task.id));
    } else toggle(task.id);
  };
  return (
    <tr
      data-task={task.id}
      data-selected={selected || undefined}
      data-pending={pending ? '' : undefined}
      data-glow={change ? '' : undefined}
      aria-busy={pending ? true : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) choose(event);
        else open(task.id);
      }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: only keeps the row from opening */}
      <td className={css.check} onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          aria-label={t('action.select', { title: `${task.title}, ${task.jamaah_name}` })}
          checked={selected}
          onChange={choose}
        />
      </td>
      <td data-col="task">
        <span className={css.task}>
          <span className={css.priority}>
            <PriorityIcon priority={task.priority} />
          </span>
          <button
            type="button"
            data-title
            data-first={first || undefined}
            className={css.title}
            aria-label={`${task.title}, ${task.jamaah_name}`}
            title={task.title}
          >
            {task.title}
          </button>
        </span>
      </td>
      <td title={task.jamaah_name}>{task.jamaah_name}</td>
      <td>
        <DepartureCode task={task} />
      </td>
      <td title={stageOf(task)}>{stageOf(task)}</td>
      <td data-col="due">
        {pending ? (
          <div className={card.strip} data-strip="pending" role="status">
            {t(`saving.${pending}`)}
          </div>
        ) : change ? (
          <Glow change={change} />
        ) : task.status === 'blocked' ? (
          <BlockedFor task={task} />
        ) : (
          <Due task={task} />
        )}
      </td>
      <td data-col="ready">
        <RiskBar risk={task.departure_risk} probability={task.readiness_probability} />
      </td>
      <td>
        <span className={css.by}>
          <Assignee id={task.assignee} />
          <span>{shortName(nameOf(task.assignee))}</span>
        </span>
      </td>
    </tr>
  );
}

function BlockedFor({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const age = useBlockedAge()(task);
  return (
    <span className={card.due} data-due="today" title={task.blocked_reason ?? undefined}>
      <IconHandStop size={16} stroke={1.8} aria-hidden />
      {t('blocked_for', { age })}
    </span>
  );
}

/** "Siti R." */
function shortName(name: string | undefined): string {
  const [first, ...rest] = name?.split(/\s+/) ?? [];
  const last = rest.at(-1);
  return last ? `${first} ${last[0]}.` : (first ?? '');
}
