/**
 * A manifest as the browser reads it, to show the rows with problems and to write a corrected file. Rows are
 * counted as the server counts them: in a CSV a cell with line breaks is in one row, an empty line is a row.
 */

import Papa from 'papaparse';

export interface Sheet {
  /** From the first row of the file, titles and empty lines included. */
  rows: string[][];
  /** Of a CSV. */
  delimiter?: string;
  /** The file with repaired cells, everything in its place, so that row numbers stay those of the file. */
  corrected: (name: string, repairs: Iterable<Repair>) => File;
}

interface Csv {
  rows: string[][];
  delimiter: string;
}

type Rows = Pick<Sheet, 'rows'>;

const DELIMITERS = [';', ',', '\t', '|'];
const SAMPLE_ROWS = 100;
/** Titles may stand above the header, but not this many. */
const HEADER_WITHIN = 31;
/** What XLSX files, which are archives, begin with. */
const ARCHIVE = 'PK';

/** `columns` tell which sheet of a workbook is meant; `undefined` when it can be read by the server only. */
export async function readSheet(file: Blob, columns: readonly string[]): Promise<Sheet | undefined> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (String.fromCharCode(...bytes.subarray(0, 2)) === ARCHIVE) {
    const { readWorkbook } = await import('./workbook');
    return readWorkbook(bytes, columns);
  }
  const csv = parse(decode(bytes));
  return {
    ...csv,
    corrected: (name, repairs) =>
      new File([written(repaired(csv, repairs))], name.replace(/\.\w+$/, '.csv'), { type: 'text/csv' }),
  };
}

/** UTF-8 and UTF-16 by their mark, else UTF-8 if it is, else what old programs write. */
export function decode(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  // it says what it is: a broken byte costs one character and not the encoding
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder('utf-8').decode(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export function parse(text: string): Csv {
  const lines = text.replace(/\r\n?/g, '\n');
  // Excel's own first line, which it neither shows nor counts
  const stated = /^"?sep=([;,\t|])"?\n/.exec(lines);
  const body = stated ? lines.slice(stated[0].length) : lines;
  const delimiter = stated?.[1] ?? guess(body);
  const { data } = Papa.parse<string[]>(body, { delimiter, newline: '\n', skipEmptyLines: false });
  return { rows: data, delimiter };
}

/** The one that gives the most cells in rows of one and the same width. */
function guess(text: string): string {
  const weight = (delimiter: string) => {
    const { data } = Papa.parse<string[]>(text, { delimiter, newline: '\n', preview: SAMPLE_ROWS });
    const widths = new Map<number, number>();
    for (const row of data) widths.set(row.length - 1, (widths.get(row.length - 1) ?? 0) + 1);
    return Math.max(0, ...[...widths].map(([width, count]) => width * count));
  };
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, worth: weight(delimiter) })).sort(
    (a, b) => b.worth - a.worth,
  );
  return best?.delimiter ?? ';';
}

/**
 * Where a column of the server's report stands, by its header. A header of two rows is read as one: the upper name
 * stretches to the right over columns that only the lower row names.
 */
export function columnOf(sheet: Rows, header: string): number | undefined {
  for (const [index, row] of sheet.rows.slice(0, HEADER_WITHIN).entries()) {
    let group = '';
    const lower = sheet.rows[index + 1] ?? [];
    const width = Math.max(row.length, lower.length);
    for (let column = 0; column < width; column += 1) {
      const above = (row[column] ?? '').trim();
      const below = (lower[column] ?? '').trim();
      if (above) group = above;
      if (above === header || `${group} ${below}`.trim() === header) return column;
    }
  }
  return undefined;
}

/** The cell of a report: rows are counted from 1. */
export const cellOf = (sheet: Rows, row: number, column: number): string =>
  sheet.rows[row - 1]?.[column] ?? '';

/** What somebody is called in a row, as far as a column says so. */
export function nameIn(sheet: Rows, row: number): string | undefined {
  const header = sheet.rows
    .slice(0, HEADER_WITHIN)
    .flat()
    .map((cell) => cell.trim())
    .find((cell) => /^(full )?nam[ae]\b/i.test(cell) && !/agen|mitra|paket|grup/i.test(cell));
  const column = header === undefined ? undefined : columnOf(sheet, header);
  return column === undefined ? undefined : cellOf(sheet, row, column).trim() || undefined;
}

/** The row above in which the same passport number is. */
export function firstWith(sheet: Rows, column: number, row: number): number | undefined {
  const plain = (value: string) => value.replace(/[\s.-]/g, '').toUpperCase();
  const wanted = plain(cellOf(sheet, row, column));
  const found = sheet.rows.findIndex(
    (cells, index) => index < row - 1 && plain(cells[column] ?? '') === wanted,
  );
  return found < 0 ? undefined : found + 1;
}

export interface Repair {
  row: number;
  column: number;
  value: string;
}

/** The same rows in the same places with repaired cells, so that row numbers stay those of the file. */
export function repaired(csv: Csv, repairs: Iterable<Repair>): Csv {
  const rows = csv.rows.map((row) => [...row]);
  for (const { row, column, value } of repairs) {
    const cells = rows[row - 1];
    if (!cells) continue;
    while (cells.length <= column) cells.push('');
    cells[column] = value;
  }
  return { ...csv, rows };
}

export const written = ({ rows, delimiter }: Csv): string => Papa.unparse(rows, { delimiter, newline: '\n' });

/** A table of its own, as spreadsheet programs here open it. */
export const table = (rows: string[][]): string => `\uFEFF${Papa.unparse(rows, { delimiter: ';' })}`;
