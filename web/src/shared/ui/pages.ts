/** The page numbers worth a button: the first, the last, and those around the present one. */

const AROUND = 2;

export function pagesToOffer(page: number, pages: number): (number | 'before' | 'after')[] {
  const first = Math.max(2, page - AROUND);
  const last = Math.min(pages - 1, page + AROUND);
  const middle = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return [
    1,
    // a gap of one page is that page
    ...(first === 3 ? [2] : first > 3 ? (['before'] as const) : []),
    ...middle,
    ...(last === pages - 2 ? [pages - 1] : last < pages - 2 ? (['after'] as const) : []),
    ...(pages > 1 ? [pages] : []),
  ];
}
