/** One task on the board. Draws itself anew when its own entry changes, and only then. */

import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { IconCheck, IconHandStop, IconLoader2, IconSquare, IconSquareCheckFilled } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';
import type { TaskCard } from '@/shared/api/types';
import { useTask } from '@/shared/entities/tasks';
import { useChange } from '@/shared/live/changes';
import { Contact } from '@/shared/ui/Contact';
import { Bone } from '@/shared/ui/Late';
import { PriorityIcon, RiskBar } from '@/shared/vocabulary/badges';
import { ActionButton } from './ActionButton';
import { useActions } from './actions';
import css from './card.module.css';
import { askFor } from './dialogs';
import { useIsDragged } from './dragging';
import { Assignee, BlockedBy, DepartureCode, Due, Glow } from './lines';
import { orderAround } from './lists';
import { selectRange, toggle, useIsChoosing, useIsSelected } from './selection';
import { usePending } from './underway';
import { useTasksWords } from './words';

export const Card = memo(function Card({
  id,
  /** Whether the tab key stops here. */
  stop,
}: {
  id: string;
  stop: boolean;
}) {
  const task = useTask(id);
  if (!task) return <CardBones />;
  return <Drawn task={task} stop={stop} />;
});

function Drawn({ task, stop }: { task: TaskCard; stop: boolean }) {
  const { t } = useTasksWords();
  const { open } = useActions();
  const pending = usePending(task.id);
  const change = useChange(`task:${task.id}`);
  const dragged = useIsDragged(task.id);
  const place = useRef<HTMLElement>(null);
  useDraggable(place, task.id, pending !== undefined);
  const selected = useIsSelected(task.id);
  const choosing = useIsChoosing();
  const Box = selected ? IconSquareCheckFilled : IconSquare;
  const click = (event: React.MouseEvent) => {
    if (event.shiftKey) selectRange(task.id, orderAround(task.id));
    else if (choosing || event.ctrlKey || event.metaKey) toggle(task.id);
    else open(task.id);
  };
  return (
    <article
      ref={place}
      className={css.card}
      data-task={task.id}
      data-pending={pending ? '' : undefined}
      data-selected={selected || undefined}
      data-choosing={choosing || undefined}
      data-glow={change ? '' : undefined}
      data-dragging={dragged === 'pointer' ? '' : undefined}
      data-lifted={dragged === 'keyboard' ? '' : undefined}
      aria-busy={pending ? true : undefined}
      aria-label={task.title}
    >
      <div className={css.top}>
        {choosing && <Box size={22} stroke={1.6} className={css.box} aria-hidden />}
        <PriorityIcon priority={task.priority} />
        <button
          type="button"
          className={css.title}
          data-title
          tabIndex={stop ? 0 : -1}
          aria-label={`${task.title}, ${task.jamaah_name}`}
          aria-pressed={choosing ? selected : selected || undefined}
          onClick={click}
          // the space bar lifts the card: it must not press as well when it comes up
          onKeyUp={(event) => event.key === ' ' && event.preventDefault()}
        >
          {task.title}
        </button>
        <Assignee id={task.assignee} />
      </div>
      <div className={css.line}>
        <span className={css.name} title={task.jamaah_name}>
          {task.jamaah_name}
        </span>
        <RiskBar risk={task.departure_risk} probability={task.readiness_probability} />
      </div>
      {task.status === 'blocked' && <BlockedBy task={task} />}
      {pending ? (
        <div className={css.strip} data-strip="pending" role="status">
          <IconLoader2 size={16} stroke={1.8} aria-hidden />
          {t(`saving.${pending}`)}
        </div>
      ) : change ? (
        <Glow change={change} />
      ) : (
        <div className={css.line}>
          <Due task={task} />
          <DepartureCode task={task} />
        </div>
      )}
      <CardActions task={task} />
    </article>
  );
}

function CardActions({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const { run } = useActions();
  return (
    <div className={css.actions}>
      {task.status === 'blocked' ? (
        <ActionButton
          action="unblock"
          task={task}
          icon={IconCheck}
          look="tinted"
          onClick={() => void run(task.id, { action: 'unblock' })}
        >
          {t('action.unblock')}
        </ActionButton>
      ) : (
        <>
          <ActionButton
            action="complete"
            task={task}
            icon={IconCheck}
            look="tinted"
            onClick={() => void run(task.id, { action: 'complete' })}
          >
            {t('action.complete')}
          </ActionButton>
          <ActionButton
            action="block"
            task={task}
            icon={IconHandStop}
            onClick={() => askFor({ kind: 'block', ids: [task.id] })}
          >
            {t('action.block')}
          </ActionButton>
        </>
      )}
      <span className={css.contact}>
        <Contact phone={task.jamaah_phone} name={task.jamaah_name} />
      </span>
    </div>
  );
}

/** Lets the pointer take the card. */
function useDraggable(place: React.RefObject<HTMLElement | null>, id: string, busy: boolean): void {
  useEffect(() => {
    const element = place.current;
    if (!element || busy) return;
    return draggable({ element, getInitialData: () => ({ id }) });
  }, [place, id, busy]);
}

/** A place in the list whose task is on its way. */
export function CardBones() {
  return (
    <div className={css.card} data-bones="">
      <div className={css.top}>
        <Bone width="60%" />
      </div>
      <div className={css.line}>
        <Bone width="40%" height={10} />
        <Bone width={64} height={8} />
      </div>
      <div className={css.line}>
        <Bone width="30%" height={10} />
        <Bone width="42%" height={10} />
      </div>
    </div>
  );
}
