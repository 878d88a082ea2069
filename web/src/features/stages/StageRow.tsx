/** One stage in the list: its handle, its name and its rules in short. */

import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { StageReport } from '@/shared/api/types';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useRoleName } from '@/shared/vocabulary/roles';
import css from './stages.module.css';
import { useStageWords } from './words';

const KIND = 'stage';

export function StageRow({
  stage,
  index,
  selected,
  lifted,
  refusal,
  open,
  onKey,
  onBlur,
  onDropped,
}: {
  stage: StageReport;
  index: number;
  selected: boolean;
  lifted: boolean;
  refusal: string | undefined;
  open: () => void;
  onKey: (event: KeyboardEvent) => void;
  onBlur: () => void;
  /** Another stage was dropped here. */
  onDropped: (id: string) => void;
}) {
  const { t } = useStageWords();
  const format = useFormats();
  const stageName = useStageName();
  const roleName = useRoleName();
  const name = stageName(stage);
  const { row, handle, over, dragged } = useDragging(stage.id, refusal === undefined, onDropped);
  const window = [
    stage.not_before_days == null ? '' : t('row.from', { days: format.daysTo(stage.not_before_days) }),
    stage.finish_by_days == null ? '' : t('row.until', { days: format.daysTo(stage.finish_by_days) }),
  ].filter(Boolean);
  return (
    <li
      ref={row}
      className={css.row}
      data-selected={selected || undefined}
      data-lifted={lifted || dragged || undefined}
      data-over={over || undefined}
    >
      <button
        ref={handle}
        type="button"
        className={css.handle}
        aria-label={t('row.move', { name })}
        aria-pressed={lifted}
        aria-description={refusal ?? t('row.keys')}
        aria-disabled={refusal !== undefined}
        data-tip={refusal ?? t('row.keys')}
        onKeyDown={refusal ? undefined : onKey}
        onBlur={onBlur}
      >
        <IconGripVertical size={16} stroke={1.8} aria-hidden />
      </button>
      <span className={css.position}>{index + 1}</span>
      <button type="button" className={css.rowName} aria-current={selected} onClick={open}>
        <span title={name}>{name}</span>
        <small>
          {[t('row.sla', { count: stage.sla_days }), ...window, roleName(stage.role)].join(' · ')}
        </small>
      </button>
      <span className={css.rowPeople}>
        {t('row.people', { count: stage.people, people: format.count(stage.people) })}
      </span>
    </li>
  );
}

function useDragging(id: string, enabled: boolean, onDropped: (id: string) => void) {
  const row = useRef<HTMLLIElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const [over, setOver] = useState(false);
  const [dragged, setDragged] = useState(false);
  const latest = useRef(onDropped);
  latest.current = onDropped;
  useEffect(() => {
    const [element, dragHandle] = [row.current, handle.current];
    if (!element || !dragHandle || !enabled) return;
    return combine(
      draggable({
        element,
        dragHandle,
        getInitialData: () => ({ kind: KIND, id }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data.kind === KIND && source.data.id !== id,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          latest.current(String(source.data.id));
        },
      }),
    );
  }, [id, enabled]);
  return { row, handle, over, dragged };
}
