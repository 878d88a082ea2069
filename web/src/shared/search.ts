/** Reading what stands in an address: what is not understood is left out, never an error. */

type Given = Record<string, unknown>;

export const text = (given: Given, key: string): string | undefined => {
  const value = given[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const oneOf = <Value extends string>(
  given: Given,
  key: string,
  known: readonly Value[],
): Value | undefined => known.find((value) => value === given[key]);

export const flag = (given: Given, key: string): boolean | undefined => {
  const value = given[key];
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
};

export const positive = (given: Given, key: string): number | undefined => {
  const value = Number(given[key]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
};

/** Without the keys that have no value, so that addresses stay short. */
export function present<Search extends object>(search: Search): Partial<Search> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined),
  ) as Partial<Search>;
}

/** How many rows a page may have. */
export const PAGE_SIZES = [20, 50, 100] as const;
export const USUAL_PAGE_SIZE = PAGE_SIZES[0];

export const pageSize = (given: Given): (typeof PAGE_SIZES)[number] | undefined =>
  PAGE_SIZES.find((size) => size === Number(given.limit));
