/** The lists on the screen, for whoever moves the focus through them: the columns, or the table. */

/** A list that can put the focus on one of its rows, loading and scrolling as needed. */
export interface ListHandle {
  order: () => readonly (string | undefined)[];
  focus: (index: number) => void;
}

const lists = new Map<string, ListHandle>();

/** Says under which name a list is on the screen; what it gives back takes it away. */
export function registerList(name: string, handle: ListHandle): () => void {
  lists.set(name, handle);
  return () => {
    if (lists.get(name) === handle) lists.delete(name);
  };
}

/** Rows and cards carry `data-task`, the list around them `data-list`. */
export const focusedTask = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-task]')?.dataset.task;

const focusedList = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-list]')?.dataset.list;

export const orderAround = (id: string): readonly (string | undefined)[] => {
  const around = [...lists.values()].find((list) => list.order().includes(id));
  return around?.order() ?? [];
};

/** To the next or previous row; to the first one when the focus is elsewhere. */
export function step(by: 1 | -1): void {
  const list = lists.get(focusedList() ?? '');
  const id = focusedTask();
  if (!list || !id) {
    const first = [...lists.values()].find((one) => one.order().length > 0);
    first?.focus(0);
    return;
  }
  const order = list.order();
  const to = order.indexOf(id) + by;
  if (to >= 0 && to < order.length) list.focus(to);
}

/** To the list beside this one, at the same height. */
export function stepAcross(by: 1 | -1, names: readonly string[]): void {
  const here = focusedList();
  const id = focusedTask();
  if (!here || !id) {
    step(1);
    return;
  }
  const at = lists.get(here)?.order().indexOf(id) ?? 0;
  for (let to = names.indexOf(here) + by; to >= 0 && to < names.length; to += by) {
    const list = lists.get(names[to] ?? '');
    if (!list || list.order().length === 0) continue;
    list.focus(Math.min(at, list.order().length - 1));
    return;
  }
}

export const focusList = (name: string): void => lists.get(name)?.focus(0);
