/** The tasks that are chosen for doing the same with all of them. */

import { createStore, useSelector } from '@tanstack/react-store';

interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins: what was chosen last. */
  anchor: string | undefined;
}

const nothing: Selection = { ids: new Set(), anchor: undefined };
const selection = createStore<Selection>(nothing);

export const selectedIds = (): ReadonlySet<string> => selection.get().ids;

export const useSelectedIds = (): ReadonlySet<string> => useSelector(selection, ({ ids }) => ids);

export const useIsSelected = (id: string): boolean => useSelector(selection, ({ ids }) => ids.has(id));

export const clearSelection = (): void => selection.setState(() => nothing);

export function toggle(id: string): void {
  selection.setState(({ ids }) => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    return { ids: next, anchor: id };
  });
}

export function selectAll(all: Iterable<string>): void {
  selection.setState(({ ids, anchor }) => ({ ids: new Set([...ids, ...all]), anchor }));
}

export function unselect(all: Iterable<string>): void {
  const gone = new Set(all);
  selection.setState(({ ids, anchor }) => ({ ids: new Set([...ids].filter((id) => !gone.has(id))), anchor }));
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
