/** Which page buttons there are: the first, the last, those around the one that is shown, gaps between. */

const AROUND = 1;
const WITHOUT_GAPS = 7;

/** Numbers of pages; a gap is `undefined`. */
export function pageButtons(page: number, pages: number): (number | undefined)[] {
  if (pages <= WITHOUT_GAPS) return Array.from({ length: pages }, (_, at) => at + 1);
  // always as many buttons, so that they do not move under the pointer
  const from = Math.max(2, Math.min(page - AROUND, pages - 2 * AROUND - 2));
  const to = Math.min(pages - 1, Math.max(page + AROUND, 2 * AROUND + 3));
  const middle = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return [1, ...(from > 2 ? [undefined] : []), ...middle, ...(to < pages - 1 ? [undefined] : []), pages];
}
