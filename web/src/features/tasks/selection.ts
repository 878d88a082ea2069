/** The tasks that are chosen for doing the same with all of them; clearing them ends choosing by tap, too. */

import { createStore, useSelector } from '@tanstack/react-store';

interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins: what was chosen last. */
  anchor: string | undefined;
  /** Whether a tap chooses instead of opening, where there is neither a mouse nor a keyboard. */
  choosing: boolean;
}

const nothing: Selection = { ids: new Set(), anchor: undefined, choosing: false };
const selection = createStore<Selection>(nothing);

export const selectedIds = (): ReadonlySet<string> => selection.get().ids;

export const useSelectedIds = (): ReadonlySet<string> => useSelector(selection, ({ ids }) => ids);

export const useIsSelected = (id: string): boolean => useSelector(selection, ({ ids }) => ids.has(id));

export const useIsChoosing = (): boolean => useSelector(selection, ({ choosing }) => choosing);

export const startChoosing = (): void => selection.setState((before) => ({ ...before, choosing: true }));

export const clearSelection = (): void => selection.setState(() => nothing);

export function toggle(id: string): void {
  selection.setState((before) => {
    const ids = new Set(before.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ...before, ids, anchor: id };
  });
}

export function selectAll(all: Iterable<string>): void {
  selection.setState((before) => ({ ...before, ids: new Set([...before.ids, ...all]) }));
}

export function unselect(all: Iterable<string>): void {
  const gone = new Set(all);
  selection.setState((before) => ({
    ...before,
    ids: new Set([...before.ids].filter((id) => !gone.has(id))),
  }));
}

/** From the one that was chosen last to this one, in the order that is shown. */
export function selectRange(id: string, order: readonly (string | undefined)[]): void {
  const { anchor } = selection.get();
  const [from, to] = [anchor === undefined ? -1 : order.indexOf(anchor), order.indexOf(id)];
  if (from < 0 || to < 0) {
    toggle(id);
    return;
  }
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  selectAll(range.filter((one) => one !== undefined));
}
