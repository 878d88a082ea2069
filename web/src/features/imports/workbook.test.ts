import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { cellOf, columnOf, nameIn, readSheet } from './sheet';
import { readWorkbook } from './workbook';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const MANIFEST = `<x:worksheet xmlns:x="${MAIN}"><x:sheetData>
  <x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="B2" t="inlineStr"><x:is><x:t>No. Paspor</x:t></x:is></x:c><x:c r="AA2" t="str"><x:v>Agen</x:v></x:c></x:row>
  <x:row r="4"><x:c r="A4" t="s"><x:v>1</x:v></x:c><x:c r="B4"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="C4" s="3"><x:v>25569</x:v></x:c></x:row>
</x:sheetData><x:mergeCells count="1"><x:mergeCell ref="A4:A5"/></x:mergeCells></x:worksheet>`;

const book = () =>
  zipSync({
    'xl/workbook.xml': strToU8(
      `<workbook xmlns="${MAIN}" xmlns:r="r"><sheets><sheet name="a" sheetId="1" state="hidden" r:id="1"/><sheet name="b" sheetId="2" r:id="2"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      '<Relationships><Relationship Id="1" Target="worksheets/a.xml"/><Relationship Id="2" Target="/xl/worksheets/b.xml"/></Relationships>',
    ),
    'xl/sharedStrings.xml': strToU8(
      `<sst xmlns="${MAIN}"><si><t>Nama</t></si><si><r><t>Siti </t></r><r><t>Aminah</t></r><rPh><t>(siti)</t></rPh></si></sst>`,
    ),
    'xl/worksheets/a.xml': strToU8(`<worksheet xmlns="${MAIN}"><sheetData/></worksheet>`),
    'xl/worksheets/b.xml': strToU8(MANIFEST),
  });

const read = (columns: string[]) => readWorkbook(book(), columns);

describe('a workbook in the browser', () => {
  it('has its rows where a spreadsheet program shows them', () => {
    const sheet = read(['No. Paspor']);
    if (!sheet) throw new Error('it is not read');
    expect(sheet.rows).toHaveLength(4);
    expect(columnOf(sheet, 'Agen')).toBe(26);
    expect(nameIn(sheet, 4)).toBe('Siti Aminah');
    expect(cellOf(sheet, 4, 1)).toBe('2');
  });

  it('is not shown when no sheet has the columns, or when it is none', () => {
    expect(read(['Kode Keberangkatan'])).toBeUndefined();
    expect(read([])).toBeUndefined();
    expect(readWorkbook(strToU8('PK, but nothing else'), ['Nama'])).toBeUndefined();
  });

  it('is told by its first bytes', async () => {
    const file = new Blob([book() as Uint8Array<ArrayBuffer>]);
    // jsdom's own has no arrayBuffer
    Object.assign(file, { arrayBuffer: async () => book().buffer });
    expect((await readSheet(file, ['Nama']))?.rows).toHaveLength(4);
  });

  it('is written with what was repaired, and otherwise as it came', async () => {
    const repairs = [
      { row: 4, column: 1, value: 'B1234567 <&>' },
      { row: 4, column: 26, value: 'Barokah' },
      { row: 4, column: 3, value: 'baru' },
      { row: 9, column: 0, value: 'there is no such row' },
    ];
    const file = read(['Nama'])?.corrected('manifes.xlsx', repairs);
    expect(file?.name).toBe('manifes.xlsx');
    const bytes = await new Promise<ArrayBuffer>((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer(file as File);
    });
    const parts = unzipSync(new Uint8Array(bytes));
    expect(parts['xl/sharedStrings.xml']).toEqual(unzipSync(book())['xl/sharedStrings.xml']);
    const sheet = strFromU8(parts['xl/worksheets/b.xml'] as Uint8Array);
    expect(sheet).toContain('<x:mergeCell ref="A4:A5"/>');
    expect(sheet).toContain('<x:c r="C4" s="3"><x:v>25569</x:v></x:c>');
    expect(sheet).not.toContain('<x:f>');
    const again = readWorkbook(new Uint8Array(bytes), ['Nama']);
    expect(again?.rows[3]?.[0]).toBe('Siti Aminah');
    expect([1, 3, 26].map((column) => again && cellOf(again, 4, column))).toEqual([
      'B1234567 <&>',
      'baru',
      'Barokah',
    ]);
    expect(sheet.indexOf('r="D4"')).toBeGreaterThan(sheet.indexOf('r="C4"'));
    expect(sheet.indexOf('r="AA4"')).toBeGreaterThan(sheet.indexOf('r="D4"'));
  });
});
