/**
 * Numbers, dates and times as people here write them: `Intl` in the language that is spoken, in the zone of the
 * organisation. `useFormats()` gives them to a component.
 */

import { TZDate } from '@date-fns/tz';
import { differenceInCalendarDays } from 'date-fns';
import { useMaybeMe } from '@/shared/session/session';
import { useLanguage } from '@/shared/words/i18n';

const MINUS = '−';
const THIN_SPACE = ' ';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Instant = string | number | Date;

export type Formats = ReturnType<typeof formatsFor>;

export function formatsFor(language: string, timezone: string) {
  const english = language === 'en';
  const locale = english ? 'en-GB' : 'id-ID';
  const cached = cache(locale);
  const minus = (text: string) => text.replace('-', MINUS);
  const zone = zoneName(timezone);
  const dayOf = (at: Instant) => new TZDate(new Date(at), timezone);
  const inZone = (options: Intl.DateTimeFormatOptions) => cached.date({ timeZone: timezone, ...options });
  const asDate = (options: Intl.DateTimeFormatOptions) => cached.date({ timeZone: 'UTC', ...options });
  const short = { weekday: 'short', day: 'numeric', month: 'short' } as const;

  const count = (value: number) => minus(cached.number(0).format(value));
  const decimal = (value: number, digits = 1) => minus(cached.number(digits).format(value));
  const time = (at: Instant) => inZone({ hour: '2-digit', minute: '2-digit' }).format(new Date(at));
  /** Of an instant, in the zone: "Sel 24 Nov". */
  const day = (at: Instant) => plain(inZone(short), new Date(at));
  /** Calendar days from one instant to another, in the zone. */
  const daysBetween = (from: Instant, to: Instant) => differenceInCalendarDays(dayOf(to), dayOf(from));

  return {
    locale,
    timezone,
    /** "WIB", to be shown once per page and at every flight. */
    zone,
    count,
    decimal,
    /** "75,1 %", from 0.751. */
    percent: (share: number, digits = 1) => {
      const number = decimal(share * 100, digits);
      return english ? `${number}%` : `${number}${THIN_SPACE}%`;
    },
    /** "+17", "−3", "0". */
    signed: (value: number, digits = 0) => `${value > 0 ? '+' : ''}${decimal(value, digits)}`,
    /** "39–43" */
    range: (from: number, to: number) => `${count(from)}–${count(to)}`,
    rupiah: (value: number) => {
      const number = minus(cached.number(0).format(value));
      return english ? `Rp ${number}` : `Rp ${number}`;
    },
    time,
    /** "09.42 WIB" */
    timeWithZone: (at: Instant) => `${time(at)} ${zone}`,
    day,
    /** "Sel 24 Nov" of a date without a time, such as a departure's. */
    date: (date: string) => plain(asDate(short), new Date(`${date}T00:00:00Z`)),
    /** "Minggu, 29 November 2026" */
    longDate: (date: string) =>
      asDate({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
        new Date(`${date}T00:00:00Z`),
      ),
    /** "15/08/2028" on documents; "15 Aug 2028" in English. */
    documentDate: (date: string) =>
      asDate(
        english
          ? { day: 'numeric', month: 'short', year: 'numeric' }
          : { day: '2-digit', month: '2-digit', year: 'numeric' },
      ).format(new Date(`${date}T00:00:00Z`)),
    /** "Sel 24 Nov 2026" */
    dayWithYear: (at: Instant) => plain(inZone({ ...short, year: 'numeric' }), new Date(at)),
    daysBetween,
    /** 00:00 of a date in the zone, in milliseconds. */
    startOf: (date: string) => {
      const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
      return new TZDate(year, month - 1, dayOfMonth, timezone).getTime();
    },
    /** "5–19 Okt" */
    dayRange: (from: Instant, to: Instant) =>
      inZone({ day: 'numeric', month: 'short' }).formatRange(new Date(from), new Date(to)),
    /** Calendar days from today, in the zone, to a date. */
    daysUntil: (date: string, now: Instant = Date.now()) =>
      differenceInCalendarDays(new Date(`${date}T00:00:00`), sameDayHere(dayOf(now))),
    /** "H-5", "D-5" on the screen never broken; after the day "H+2". */
    daysTo: (days: number) => `${english ? 'D' : 'H'}${days < 0 ? '+' : '‑'}${Math.abs(days)}`,
    /** "4,6 hari", "3 j 15 m", "38 mnt". */
    duration: (milliseconds: number) => {
      if (milliseconds >= DAY) {
        const days = Math.round((milliseconds / DAY) * 10) / 10;
        return `${decimal(days, days % 1 ? 1 : 0)} ${english ? (days === 1 ? 'day' : 'days') : 'hari'}`;
      }
      const minutes = Math.round(milliseconds / MINUTE);
      if (minutes < 60) return `${count(minutes)} ${english ? 'min' : 'mnt'}`;
      const rest = minutes % 60;
      const hours = `${count(Math.floor(minutes / 60))} ${english ? 'h' : 'j'}`;
      return rest ? `${hours} ${count(rest)} m` : hours;
    },
    /** A short wait: "40 dtk", then minutes. */
    wait: (milliseconds: number) => {
      const seconds = Math.max(1, Math.round(milliseconds / 1000));
      if (seconds < 60) return `${count(seconds)} ${english ? 's' : 'dtk'}`;
      return `${count(Math.round(seconds / 60))} ${english ? 'min' : 'mnt'}`;
    },
    /** Relative under an hour, then the time, then yesterday, then the date. */
    ago: (at: Instant, now: Instant = Date.now()) => {
      const passed = new Date(now).getTime() - new Date(at).getTime();
      if (passed < MINUTE) return english ? 'just now' : 'baru saja';
      if (passed < HOUR) {
        const minutes = count(Math.floor(passed / MINUTE));
        return english ? `${minutes} min ago` : `${minutes} mnt lalu`;
      }
      const days = daysBetween(at, now);
      if (days === 0) return time(at);
      if (days === 1) return `${english ? 'yesterday' : 'kemarin'} ${time(at)}`;
      return day(at);
    },
  };
}

/** In the language that is spoken now and the zone of the organisation. */
export function useFormats(): Formats {
  const language = useLanguage();
  const timezone = useMaybeMe()?.tenant.timezone ?? OWN_ZONE;
  return keptFor(language, timezone);
}

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const kept = new Map<string, Formats>();

/** Every component asks, and making an `Intl` object costs more than using it a hundred times. */
function keptFor(language: string, timezone: string): Formats {
  const key = `${language} ${timezone}`;
  const known = kept.get(key) ?? formatsFor(language, timezone);
  kept.set(key, known);
  return known;
}

/** The day that an instant of a zone falls on, as a day here: only days are compared. */
const sameDayHere = (day: TZDate): Date => new Date(day.getFullYear(), day.getMonth(), day.getDate());

/** Without the comma that Indonesian puts behind the weekday in full dates only. */
const plain = (format: Intl.DateTimeFormat, at: Date): string => format.format(at).replace(',', '');

/** The three zones of Indonesia have names of their own. */
function zoneName(timezone: string): string {
  const parts = new Intl.DateTimeFormat('id-ID', {
    timeZone: timezone,
    timeZoneName: 'short',
  }).formatToParts();
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timezone;
}

/** Making an `Intl` object costs more than using it. */
function cache(locale: string) {
  const numbers = new Map<number, Intl.NumberFormat>();
  const dates = new Map<string, Intl.DateTimeFormat>();
  function kept<Key, Format>(known: Map<Key, Format>, key: Key, make: () => Format): Format {
    const format = known.get(key) ?? make();
    known.set(key, format);
    return format;
  }
  return {
    /** With so many digits behind the point. */
    number: (digits: number) =>
      kept(numbers, digits, () => {
        const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
        return new Intl.NumberFormat(locale, options);
      }),
    date: (options: Intl.DateTimeFormatOptions) =>
      kept(dates, JSON.stringify(options), () => new Intl.DateTimeFormat(locale, options)),
  };
}
