/** Moving things within a list. */

export function moved<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item === undefined) return next;
  next.splice(Math.max(0, Math.min(to, next.length)), 0, item);
  return next;
}

export const isSameOrder = <Item>(one: readonly Item[], other: readonly Item[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/**
 * An order that was chosen, over what is there now: what has come since goes to the end, what has gone is left out.
 */
export const reconciled = (chosen: readonly string[], present: readonly string[]): string[] => [
  ...chosen.filter((id) => present.includes(id)),
  ...present.filter((id) => !chosen.includes(id)),
];
