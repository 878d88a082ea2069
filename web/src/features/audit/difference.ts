/** What an event changed, field by field. */

export interface Field {
  name: string;
  before?: unknown;
  after: unknown;
}

type Row = Record<string, unknown>;

/** What every row has and nobody looks for. */
const QUIET = ['id', 'version', 'created_at', 'updated_at', 'status_version'];

/** The fields that differ; of what is new, or changed no row, all that is said. */
export function fieldsOf({ before, after }: { before?: object | null; after: object }): Field[] {
  const row = after as Row;
  if (before) {
    return Object.entries(before as Row)
      .filter(([name]) => !QUIET.includes(name))
      .map(([name, was]) => ({ name, before: was, after: row[name] ?? null }));
  }
  return Object.entries(row)
    .filter(([name, value]) => !QUIET.includes(name) && value !== null)
    .map(([name, value]) => ({ name, after: value }));
}

/** What a row is called, as far as it says so. */
export function nameIn(after: object): string | undefined {
  const row = after as Row;
  for (const key of ['title', 'name', 'code', 'key', 'what', 'operation', 'body', 'network']) {
    const value = row[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
