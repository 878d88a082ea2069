import { describe, expect, it } from 'vitest';
import { formatsFor } from './formats';

const id = formatsFor('id', 'Asia/Jakarta');
const en = formatsFor('en', 'Asia/Jakarta');
/** Tuesday, 09.42 in Jakarta. */
const AT = '2026-11-24T02:42:00Z';
const MINUTE = 60_000;

describe('numbers', () => {
  it('are grouped and divided as the language does', () => {
    expect([id.count(1510), id.decimal(67.6), id.percent(0.751)]).toEqual(['1.510', '67,6', '75,1 %']);
    expect([en.count(1510), en.decimal(67.6), en.percent(0.751)]).toEqual(['1,510', '67.6', '75.1%']);
  });

  it('carry a real minus', () => {
    expect([id.signed(-3), id.signed(17), id.signed(0), id.signed(-1.9, 1)]).toEqual([
      '−3',
      '+17',
      '0',
      '−1,9',
    ]);
  });
});

describe('dates and times', () => {
  it('are short in lists and name the zone', () => {
    expect([id.day(AT), id.timeWithZone(AT)]).toEqual(['Sel 24 Nov', '09.42 WIB']);
    expect([en.day(AT), en.timeWithZone(AT)]).toEqual(['Tue 24 Nov', '09:42 WIB']);
    expect(formatsFor('id', 'Asia/Jayapura').timeWithZone(AT)).toBe('11.42 WIT');
  });

  it('are written out for titles and documents', () => {
    expect(id.longDate('2026-11-29')).toBe('Minggu, 29 November 2026');
    expect(id.documentDate('2028-08-15')).toBe('15/08/2028');
    expect(en.documentDate('2028-08-15')).toBe('15 Aug 2028');
  });

  it('are relative under an hour only', () => {
    const ago = (minutes: number) => id.ago(new Date(AT).getTime() - minutes * MINUTE, AT);
    expect([ago(0), ago(11), ago(90), ago(24 * 60), ago(3 * 24 * 60)]).toEqual([
      'baru saja',
      '11 mnt lalu',
      '08.12',
      'kemarin 09.42',
      'Sab 21 Nov',
    ]);
  });

  it('count days to a departure without a break in between', () => {
    expect([id.daysTo(5), en.daysTo(5), id.daysTo(-2), id.daysTo(0)]).toEqual(['H‑5', 'D‑5', 'H+2', 'H‑0']);
  });
});

describe('durations', () => {
  it('take the unit that says most', () => {
    const days = 4.6 * 24 * 60;
    expect([38, 195, days].map((minutes) => id.duration(minutes * MINUTE))).toEqual([
      '38 mnt',
      '3 j 15 m',
      '4,6 hari',
    ]);
    expect(en.duration(195 * MINUTE)).toBe('3 h 15 m');
  });
});
