/** What lies over a column while a card is in the air: what dropping it here would do, or why it does nothing. */

import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useRef } from 'react';
import type { Bucket } from '@/shared/api/types';
import { useTask } from '@/shared/entities/tasks';
import css from './board.module.css';
import { type Dragging, useDragging } from './dragging';
import { useDropRule } from './dropRule';
import { useTasksWords } from './words';

export function ColumnDrop({ bucket }: { bucket: Bucket }) {
  const place = useRef<HTMLDivElement>(null);
  const rule = useDropRule();
  const latest = useRef(rule);
  latest.current = rule;
  useEffect(() => {
    const column = place.current?.parentElement;
    if (!column) return;
    return dropTargetForElements({
      element: column,
      getData: () => ({ bucket }),
      // a column that refuses is still under the card: it says why
      canDrop: ({ source }) => typeof source.data.id === 'string',
    });
  }, [bucket]);
  const dragging = useDragging();
  return (
    <div ref={place}>
      {dragging && dragging.from !== bucket && <Target bucket={bucket} dragging={dragging} />}
    </div>
  );
}

function Target({ bucket, dragging }: { bucket: Bucket; dragging: Dragging }) {
  const { t } = useTasksWords();
  const task = useTask(dragging.id);
  const rule = useDropRule();
  if (!task) return null;
  const { drop, refused } = rule(task, bucket);
  const does =
    drop?.asks === 'reason'
      ? 'reason'
      : drop?.asks === 'date'
        ? 'date'
        : bucket === 'urgent'
          ? 'urgent'
          : 'here';
  return (
    <div
      className={css.drop}
      data-over={dragging.over === bucket && !refused ? '' : undefined}
      data-refused={refused ? '' : undefined}
    >
      <span>{refused ?? t(`drag.${does}`)}</span>
    </div>
  );
}
