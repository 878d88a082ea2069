/**
 * An XLSX file as the browser reads it, to show the rows with problems and to write the corrected file. Only the
 * cells that were repaired are written, as text; all the rest (dates, merged cells, other sheets) stays as it came, so
 * that the server reads it as before. Loaded when somebody drops such a file.
 */

import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { columnOf, type Repair, type Sheet } from './sheet';

/** Unpacked. What is larger is repaired in the file itself. */
const MOST_BYTES = 128 * 1024 * 1024;
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

type Parts = Record<string, Uint8Array>;

/** The sheet with most of these columns, of which one at least; `undefined` also when it cannot be read here. */
export function readWorkbook(bytes: Uint8Array, columns: readonly string[]): Sheet | undefined {
  try {
    const parts = unpack(bytes);
    const strings = sharedStrings(parts);
    const sheets = sheetPaths(parts).map((path): [number, Sheet] => {
      const rows = rowsOf(xml(parts, path), strings);
      const found = columns.filter((column) => columnOf({ rows }, column) !== undefined).length;
      return [found, { rows, corrected: (name, repairs) => corrected(parts, path, name, repairs) }];
    });
    const most = Math.max(...sheets.map(([found]) => found));
    return most > 0 ? sheets.find(([found]) => found === most)?.[1] : undefined;
  } catch {
    // the server has read it: here it is only shown without its rows
    return undefined;
  }
}

function unpack(bytes: Uint8Array): Parts {
  let total = 0;
  return unzipSync(bytes, {
    filter: ({ originalSize }) => {
      total += originalSize;
      if (total > MOST_BYTES) throw new Error('too large when unpacked');
      return true;
    },
  });
}

function xml(parts: Parts, path: string): Document {
  const bytes = parts[path];
  if (!bytes) throw new Error(`${path} is missing`);
  return new DOMParser().parseFromString(strFromU8(bytes), 'application/xml');
}

/** Whatever prefix the program that wrote it gave them. */
const all = (within: Document | Element, name: string): Element[] => [
  ...within.getElementsByTagNameNS('*', name),
];

const named = (of: Element, name: string): string | undefined =>
  [...of.attributes].find(({ localName }) => localName === name)?.value;

/** Of the sheets, those first that are not hidden, as the server looks through them. */
function sheetPaths(parts: Parts): string[] {
  const targets = new Map(
    all(xml(parts, 'xl/_rels/workbook.xml.rels'), 'Relationship').map((one) => [
      named(one, 'Id'),
      named(one, 'Target') ?? '',
    ]),
  );
  const sheets = all(xml(parts, 'xl/workbook.xml'), 'sheet').map((sheet) => ({
    hidden: (named(sheet, 'state') ?? 'visible') !== 'visible',
    // `r:id`, beside `sheetId`
    target: targets.get(named(sheet, 'id')) ?? '',
  }));
  return [...sheets.filter(({ hidden }) => !hidden), ...sheets.filter(({ hidden }) => hidden)]
    .map(({ target }) => (target.startsWith('/') ? target.slice(1) : `xl/${target}`))
    .filter((path) => path in parts);
}

const textOf = (within: Element): string =>
  all(within, 't')
    // how it is pronounced stands beside some texts
    .filter((text) => text.parentElement?.localName !== 'rPh')
    .map((text) => text.textContent ?? '')
    .join('');

function sharedStrings(parts: Parts): string[] {
  const path = 'xl/sharedStrings.xml';
  return path in parts ? all(xml(parts, path), 'si').map(textOf) : [];
}

/** Numbers that rows and cells do not state follow from the one before. */
function rowsOf(sheet: Document, strings: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const row of all(sheet, 'row')) {
    const at = Number(named(row, 'r') ?? rows.length + 1);
    while (rows.length < at) rows.push([]);
    const cells = rows[at - 1] ?? [];
    for (const cell of cellsOf(row)) {
      const column = columnAt(cell) ?? cells.length;
      while (cells.length <= column) cells.push('');
      cells[column] = textIn(cell, strings);
    }
  }
  return rows;
}

const cellsOf = (row: Element): Element[] => [...row.children].filter(({ localName }) => localName === 'c');

function textIn(cell: Element, strings: readonly string[]): string {
  const type = named(cell, 't');
  if (type === 'inlineStr') return textOf(cell);
  const value = [...cell.children].find(({ localName }) => localName === 'v')?.textContent ?? '';
  if (type === 's') return strings[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  return value;
}

/** "AB12" is in column 27, counted from 0. */
function columnAt(cell: Element): number | undefined {
  const letters = /^[A-Z]+/.exec(named(cell, 'r') ?? '')?.[0];
  if (!letters) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** Counted from 0. */
function lettersOf(column: number): string {
  const rest = column % 26;
  const last = String.fromCharCode(65 + rest);
  return column < 26 ? last : lettersOf((column - rest) / 26 - 1) + last;
}

function corrected(parts: Parts, path: string, name: string, repairs: Iterable<Repair>): File {
  const sheet = xml(parts, path);
  for (const repair of repairs) put(sheet, repair);
  const changed = strToU8(new XMLSerializer().serializeToString(sheet));
  const bytes = zipSync({ ...parts, [path]: changed });
  return new File([bytes as Uint8Array<ArrayBuffer>], name, { type: TYPE });
}

function put(sheet: Document, { row, column, value }: Repair): void {
  const at = rowNumbered(sheet, row);
  if (!at) return;
  const make = (local: string): Element => {
    const root = sheet.documentElement;
    return sheet.createElementNS(root.namespaceURI, root.prefix ? `${root.prefix}:${local}` : local);
  };
  let cell = cellsOf(at).find((one, index) => (columnAt(one) ?? index) === column);
  if (!cell) {
    cell = make('c');
    cell.setAttribute('r', `${lettersOf(column)}${row}`);
    at.insertBefore(cell, cellsOf(at).find((one) => (columnAt(one) ?? 0) > column) ?? null);
  }
  const text = make('t');
  text.textContent = value;
  text.setAttribute('xml:space', 'preserve');
  const inline = make('is');
  inline.append(text);
  cell.setAttribute('t', 'inlineStr');
  cell.replaceChildren(inline);
}

/** A problem is in a row with content, which is therefore there. */
function rowNumbered(sheet: Document, wanted: number): Element | undefined {
  let number = 0;
  return all(sheet, 'row').find((row) => {
    number = Number(named(row, 'r') ?? number + 1);
    return number === wanted;
  });
}
