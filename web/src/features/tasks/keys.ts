/** The keys of the board. Single letters act only outside fields and dialogs, on the card that has the focus. */

import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { toast } from '@/shared/ui/toast';
import { useReason } from './ActionButton';
import type { Actions } from './actions';
import { bucketsOf } from './Board';
import { useBulkRun } from './bulkRun';
import { cardOf } from './commands';
import { askFor } from './dialogs';
import { draggingNow } from './dragging';
import { carrying } from './dropping';
import { focusedTask, focusList, orderAround, step, stepAcross } from './lists';
import { viewOf } from './search';
import { clearSelection, selectAll, selectedIds, selectRange, toggle } from './selection';
import { FILTER_FIELD } from './Toolbar';
import { undoLast } from './undo';

/** For the sheet that explains them. */
export const KEYS = [
  { keys: ['J', 'K', '↑', '↓', '←', '→'], does: 'move' },
  { keys: ['Enter'], does: 'enter' },
  { keys: ['Esc'], does: 'escape' },
  { keys: ['C'], does: 'complete' },
  { keys: ['B'], does: 'block' },
  { keys: ['A'], does: 'assign' },
  { keys: ['P'], does: 'priority' },
  { keys: ['E'], does: 'edit' },
  { keys: ['M'], does: 'comment' },
  { keys: ['W'], does: 'whatsapp' },
  { keys: ['X'], does: 'select' },
  { keys: ['Shift X'], does: 'range' },
  { keys: ['Ctrl A'], does: 'all' },
  { keys: ['Space', '←', '→', 'Space'], does: 'lift' },
  { keys: ['1', '5'], does: 'bucket' },
  { keys: ['V'], does: 'view' },
  { keys: ['[', ']'], does: 'page' },
  { keys: ['/'], does: 'filter' },
  { keys: ['Ctrl Z'], does: 'undo' },
] as const;

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

const ELSEWHERE =
  'input:not([type="checkbox"]), textarea, select, [contenteditable], [role="dialog"], [role="menu"]';

export function useTaskKeys({ open, run }: Actions): void {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const reason = useReason();
  const bulk = useBulkRun();

  /** Those that are chosen; else the one that has the focus. */
  const aimedAt = (): string[] => {
    const chosen = [...selectedIds()];
    const focused = focusedTask();
    return chosen.length > 0 ? chosen : focused ? [focused] : [];
  };
  /** The question for what is aimed at, unless it may not be done. */
  const ask = (kind: 'block' | 'assign' | 'priority', action: 'block' | 'assign' | 'update') => {
    const ids = aimedAt();
    const task = ids.length === 1 ? cardOf(ids[0] ?? '') : undefined;
    const why = task && reason(action, task);
    if (why) toast.info({ title: why });
    else if (ids.length > 0) askFor({ kind, ids });
  };
  const complete = () => {
    const ids = aimedAt();
    if (ids.length > 1) {
      bulk(ids, { action: 'complete' });
      return;
    }
    const task = cardOf(ids[0] ?? '');
    const why = task && reason('complete', task);
    if (why) toast.info({ title: why });
    else if (task) void run(task.id, { action: 'complete' });
  };
  const opened = (part?: 'edit' | 'comment') => {
    const id = focusedTask();
    if (!id) return;
    open(id);
    if (part) wanted.part = part;
  };
  const turn = (by: 1 | -1) => {
    if (viewOf(search) !== 'table') return;
    const page = Math.max(1, (search.page ?? 1) + by);
    void navigate({ search: (before) => ({ ...before, page: page === 1 ? undefined : page }) });
  };
  const switchView = () =>
    void navigate({
      search: (before) => ({
        ...before,
        view: viewOf(before) === 'board' ? 'table' : 'board',
        page: undefined,
      }),
    });
  const lift = () => {
    const id = focusedTask();
    if (id && viewOf(search) === 'board') carrying()?.lift(id);
    else if (id) toggle(id);
  };
  const mark = (range: boolean) => {
    const id = focusedTask();
    if (!id) return;
    if (range) selectRange(id, orderAround(id));
    else toggle(id);
  };
  const across = (by: 1 | -1) => stepAcross(by, bucketsOf(search));

  const plain = new Map<string, () => void>([
    ['j', () => step(1)],
    ['k', () => step(-1)],
    ['ArrowDown', () => step(1)],
    ['ArrowUp', () => step(-1)],
    ['ArrowLeft', () => across(-1)],
    ['ArrowRight', () => across(1)],
    ['c', complete],
    ['b', () => ask('block', 'block')],
    ['a', () => ask('assign', 'assign')],
    ['p', () => ask('priority', 'update')],
    ['e', () => opened('edit')],
    ['m', () => opened('comment')],
    [
      'w',
      () =>
        document.activeElement
          ?.closest('[data-task]')
          ?.querySelector<HTMLAnchorElement>('[data-whatsapp]')
          ?.click(),
    ],
    ['x', () => mark(false)],
    ['X', () => mark(true)],
    ['v', switchView],
    ['[', () => turn(-1)],
    [']', () => turn(1)],
    ['/', () => document.getElementById(FILTER_FIELD)?.focus()],
    ['?', () => askFor({ kind: 'keys' })],
    [' ', lift],
    ['Escape', clearSelection],
  ]);
  for (const [at, bucket] of bucketsOf(search).entries()) plain.set(String(at + 1), () => focusList(bucket));

  const latest = useRef(plain);
  latest.current = plain;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (draggingNow()?.by === 'keyboard') {
        if (carryOn(event)) event.preventDefault();
        return;
      }
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest(ELSEWHERE)) return;
      // an arrow or the space bar on anything else is that thing's own
      const onCard = Boolean(target?.closest('[data-title], article[data-task]')) || target === document.body;
      if ((event.key === ' ' || event.key.startsWith('Arrow')) && !onCard) return;
      if (event.key === ' ' && !focusedTask()) return;
      const act = event.ctrlKey || event.metaKey ? withControl(event.key) : latest.current.get(event.key);
      if (!act) return;
      event.preventDefault();
      act();
    };
    // the space bar lifts; it must not press the button as well when it comes up
    const release = (event: KeyboardEvent) => {
      if (event.key === ' ' && event.target instanceof Element && event.target.closest('[data-lifts]')) {
        event.preventDefault();
      }
    };
    document.addEventListener('keydown', press);
    document.addEventListener('keyup', release);
    return () => {
      document.removeEventListener('keydown', press);
      document.removeEventListener('keyup', release);
    };
  }, []);
}

/** What the drawer should begin with when it was opened by a key. */
export const wanted: { part: 'edit' | 'comment' | undefined } = { part: undefined };

function withControl(key: string): (() => void) | undefined {
  if (key === 'z') return () => undoLast();
  if (key !== 'a') return undefined;
  const id = focusedTask();
  return id ? () => selectAll(orderAround(id).filter((one) => one !== undefined)) : undefined;
}

/** Keys while a card is lifted; says whether it was one of them. */
function carryOn({ key }: KeyboardEvent): boolean {
  const air = carrying();
  if (!air) return false;
  if (key === 'ArrowLeft') air.carry(-1);
  else if (key === 'ArrowRight') air.carry(1);
  else if (key === ' ' || key === 'Enter') air.putDown();
  else if (key === 'Escape' || key === 'Tab') air.putBack();
  else return false;
  return true;
}
