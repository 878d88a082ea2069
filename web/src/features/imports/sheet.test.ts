import { describe, expect, it } from 'vitest';
import { cellOf, columnOf, decode, firstWith, nameIn, parse, repaired, written } from './sheet';

const FILE = `DAFTAR JAMAAH;;;

No;Nama;No. Paspor;Tgl Lahir
1;Siti Aminah;B1234567;01/02/1970
2;"Budi; Santoso";b 123-4567;31/02/1970
3;"dua
baris";C7654321;01/01/1980
4;Rina;;
`;

describe('a manifest in the browser', () => {
  const sheet = parse(FILE);

  it('counts rows as a spreadsheet program does: titles, empty lines, and cells of two lines', () => {
    expect(sheet.delimiter).toBe(';');
    expect(cellOf(sheet, 3, 1)).toBe('Nama');
    expect(cellOf(sheet, 5, 1)).toBe('Budi; Santoso');
    expect(cellOf(sheet, 6, 1)).toBe('dua\nbaris');
    expect(cellOf(sheet, 7, 1)).toBe('Rina');
  });

  it('finds columns by their headers, and names by theirs', () => {
    expect(columnOf(sheet, 'Tgl Lahir')).toBe(3);
    expect(columnOf(sheet, 'Agen')).toBeUndefined();
    expect(nameIn(sheet, 4)).toBe('Siti Aminah');
  });

  it('finds columns of a header in two rows', () => {
    const two = parse('No;Nama;Paspor;;\n;;Nomor;Berlaku s/d;\n1;Siti;B1234567;01/01/2030;\n');
    expect(columnOf(two, 'Paspor Nomor')).toBe(2);
    expect(columnOf(two, 'Paspor Berlaku s/d')).toBe(3);
  });

  it('knows where a passport number was first, however it is written', () => {
    expect(firstWith(sheet, 2, 5)).toBe(4);
    expect(firstWith(sheet, 2, 4)).toBeUndefined();
  });

  it('writes the same file again when nothing was repaired', () => {
    expect(parse(written(sheet)).rows).toEqual(sheet.rows);
  });

  it('changes the repaired cells only, and no row number', () => {
    const next = repaired(sheet, [
      { row: 5, column: 3, value: '28/02/1970' },
      { row: 7, column: 2, value: 'A1234567' },
    ]);
    const again = parse(written(next));
    expect(again.rows.length).toBe(sheet.rows.length);
    expect(cellOf(again, 5, 3)).toBe('28/02/1970');
    expect(cellOf(again, 7, 2)).toBe('A1234567');
    expect(cellOf(again, 6, 1)).toBe('dua\nbaris');
    expect(sheet.rows[4]?.[3]).toBe('31/02/1970');
  });

  it('gives a row that is too short the cells it needs', () => {
    const short = parse('Nama;No. Paspor\nSiti\n');
    expect(cellOf(repaired(short, [{ row: 2, column: 1, value: 'A1234567' }]), 2, 1)).toBe('A1234567');
  });

  it('takes other delimiters, also those that a file states', () => {
    expect(parse('a,b,c\n1,2,3\n').delimiter).toBe(',');
    expect(parse('a\tb\n1\t2\n').delimiter).toBe('\t');
    const stated = parse('sep=|\r\na|b\r\n1|2\r\n');
    expect(stated.rows.slice(0, 2)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('reads the encodings that agencies have', () => {
    expect(decode(new TextEncoder().encode('Zaïnal'))).toBe('Zaïnal');
    expect(decode(Uint8Array.of(0x5a, 0x61, 0xef))).toBe('Zaï');
    expect(decode(Uint8Array.of(0xff, 0xfe, 0x5a, 0x00))).toBe('Z');
    expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe('A');
  });
});
