/**
 * The order of a long list of which a few pages are known, and how it stays still under the hand. A place whose
 * row is not known yet is `undefined`.
 */

export type Order = readonly (string | undefined)[];

interface Page {
  /** From 1. */
  page: number;
  ids: readonly string[] | undefined;
}

/**
 * Lays pages of `size` rows out over `total` places. A row that has left its page leaves no hole as long as the
 * next page is known; a row that two pages have counts once.
 */
export function layOut(pages: readonly Page[], size: number, total: number): Order {
  const order: (string | undefined)[] = new Array(total).fill(undefined);
  const seen = new Set<string>();
  let next = 0;
  let nextPage = 1;
  for (const { page, ids } of [...pages].sort((a, b) => a.page - b.page)) {
    let at = page === nextPage ? next : (page - 1) * size;
    for (const id of ids ?? []) {
      if (seen.has(id) || at >= total) continue;
      seen.add(id);
      order[at] = id;
      at += 1;
    }
    next = ids ? at : page * size;
    nextPage = page + 1;
  }
  return order;
}

/**
 * What is shown while the hand is in the list: rows keep their places, and what others have taken away stays
 * until the hand has left. One's own changes are seen at once.
 */
export function holdStill(shown: Order, next: Order, isOwn: (id: string) => boolean): Order {
  const present = new Set(next);
  const kept = shown.filter((id) => id === undefined || present.has(id) || !isOwn(id));
  const known = new Set(kept);
  const added = next.filter((id) => id !== undefined && !known.has(id) && isOwn(id));
  for (const id of added) known.add(id);
  const still = [...added, ...kept].slice(0, Math.max(next.length, added.length + kept.length));
  for (let at = 0; at < Math.max(still.length, next.length); at += 1) {
    const id = next[at];
    if (still[at] === undefined && id !== undefined && !known.has(id)) {
      still[at] = id;
      known.add(id);
    }
  }
  return Array.from({ length: Math.max(still.length, next.length) }, (_, at) => still[at]);
}

/** Whether two orders differ where both are known. */
export const differs = (a: Order, b: Order): boolean =>
  a.length !== b.length || a.some((id, at) => id !== undefined && b[at] !== undefined && id !== b[at]);
