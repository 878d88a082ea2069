/** The keys of the board. They act on the card that has the focus, or on all that are chosen. */

import { getRouteApi } from '@tanstack/react-router';
import { type Shortcut, useShortcuts } from '@/shared/keys/shortcuts';
import { toast } from '@/shared/ui/toast';
import { useCommonWords } from '@/shared/words/common';
import { useReason } from './ActionButton';
import type { Actions } from './actions';
import { useBulkRun } from './bulkRun';
import { cardOf } from './commands';
import { askFor, isAsking } from './dialogs';
import { draggingNow } from './dragging';
import { carrying } from './dropping';
import { focusedTask, focusList, orderAround, step, stepAcross } from './lists';
import { bucketsOf, viewOf } from './search';
import { clearSelection, selectAll, selectedIds, selectRange, toggle } from './selection';
import { undoLast } from './undo';
import { wanted } from './wanted';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

const isLifted = (): boolean => draggingNow()?.by === 'keyboard';

/** On a card, or nowhere: elsewhere arrows and the space bar belong to what has the focus. */
const onCard = ({ target }: KeyboardEvent): boolean =>
  target === document.body || (target instanceof Element && target.closest('[data-title]') !== null);

export function useTaskKeys(actions: Actions): void {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const work = useWorkKeys(actions);
  const turn = (by: 1 | -1) => {
    const page = Math.max(1, (search.page ?? 1) + by);
    void navigate({ search: (before) => ({ ...before, page: page === 1 ? undefined : page }) });
  };
  const sideways = (by: 1 | -1) => {
    if (isLifted()) carrying()?.carry(by);
    else stepAcross(by, bucketsOf(search));
  };
  const down = { label: t('keys.next'), run: () => step(1) };
  const up = { label: t('keys.previous'), run: () => step(-1) };
  const isTable = () => viewOf(search) === 'table';
  const moving: Shortcut[] = [
    { keys: 'j', ...down },
    { keys: 'k', ...up },
    { keys: 'ArrowDown', ...down, when: onCard },
    { keys: 'ArrowUp', ...up, when: onCard },
    { keys: 'ArrowLeft', label: t('keys.left'), run: () => sideways(-1), when: onCard },
    { keys: 'ArrowRight', label: t('keys.right'), run: () => sideways(1), when: onCard },
    ...bucketsOf(search).map((bucket, at) => ({
      keys: String(at + 1),
      label: common(`bucket.${bucket}`),
      run: () => focusList(bucket),
    })),
    {
      keys: 'v',
      label: t('keys.view'),
      run: () =>
        void navigate({
          search: (before) => ({
            ...before,
            view: viewOf(before) === 'board' ? 'table' : 'board',
            page: undefined,
          }),
        }),
    },
    { keys: 'BracketLeft', label: t('pages.previous'), run: () => turn(-1), when: isTable },
    { keys: 'BracketRight', label: t('pages.next'), run: () => turn(1), when: isTable },
  ];
  // what is typed while a dialog is on its way is meant for the dialog
  const isFree = () => !isAsking() && search.task === undefined;
  useShortcuts(
    t('title'),
    [...moving, ...work].map((shortcut) => ({
      ...shortcut,
      when: (event: KeyboardEvent) => isFree() && (shortcut.when?.(event) ?? true),
    })),
  );
}

/** Those that do something with tasks. */
function useWorkKeys({ open, run }: Actions): Shortcut[] {
  const { t } = useTasksWords();
  const search = route.useSearch();
  const reason = useReason();
  const bulk = useBulkRun();
  /** Those that are chosen; else the one that has the focus. */
  const aimedAt = (): string[] => {
    const chosen = [...selectedIds()];
    const focused = focusedTask();
    return chosen.length > 0 ? chosen : focused ? [focused] : [];
  };
  /** Goes on with what is aimed at, unless it is one task with which it may not be done. */
  const aim = (action: 'complete' | 'block' | 'assign' | 'update', go: (ids: string[]) => void) => () => {
    const ids = aimedAt();
    const task = ids.length === 1 ? cardOf(ids[0] ?? '') : undefined;
    const why = task && reason(action, task);
    if (why) toast.info({ title: why });
    else if (ids.length > 0) go(ids);
  };
  const complete = (ids: string[]) => {
    if (ids.length > 1) bulk(ids, { action: 'complete' });
    else void run(ids[0] ?? '', { action: 'complete' });
  };
  const withFocus = (go: (id: string) => void) => () => {
    const id = focusedTask();
    if (id) go(id);
  };
  const opening = (part: 'edit' | 'comment') =>
    withFocus((id) => {
      wanted.part = part;
      open(id);
    });
  const lift = withFocus((id) => {
    if (isLifted()) carrying()?.putDown();
    else if (viewOf(search) === 'board') carrying()?.lift(id);
    else toggle(id);
  });
  const letGo = () => {
    if (isLifted()) carrying()?.putBack();
    else clearSelection();
  };
  return [
    { keys: 'c', label: t('keys.complete'), run: aim('complete', complete) },
    { keys: 'b', label: t('keys.block'), run: aim('block', (ids) => askFor({ kind: 'block', ids })) },
    { keys: 'a', label: t('keys.assign'), run: aim('assign', (ids) => askFor({ kind: 'assign', ids })) },
    { keys: 'p', label: t('keys.priority'), run: aim('update', (ids) => askFor({ kind: 'priority', ids })) },
    { keys: 'e', label: t('keys.edit'), run: opening('edit') },
    { keys: 'm', label: t('keys.comment'), run: opening('comment') },
    { keys: 'w', label: t('keys.whatsapp'), run: withFocus(openChat) },
    { keys: 'x', label: t('keys.select'), run: withFocus(toggle) },
    { keys: 'Shift+X', label: t('keys.range'), run: withFocus((id) => selectRange(id, orderAround(id))) },
    {
      keys: '$mod+a',
      label: t('keys.all'),
      run: withFocus((id) => selectAll(orderAround(id).filter((one) => one !== undefined))),
      when: () => focusedTask() !== undefined,
    },
    {
      keys: 'Space',
      label: t('keys.lift'),
      run: lift,
      when: (event) => onCard(event) && Boolean(focusedTask()),
    },
    { keys: 'Escape', label: t('keys.escape'), run: letGo },
    { keys: '$mod+z', label: t('keys.undo'), run: () => undoLast() },
  ];
}

const openChat = (id: string): void =>
  document.querySelector<HTMLAnchorElement>(`[data-task="${id}"] a[href^="https://wa.me/"]`)?.click();
