/** Days in the tenant's zone, as the server takes and gives them. */

import { TZDate } from '@date-fns/tz';

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-12-01`, of a moment that carries its zone. */
export const dateIn = (day: Date): string =>
  `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;

/** The day that a due date ends, in the tenant's zone. */
export const dayOfDue = (dueAt: string, timezone: string): string =>
  dateIn(new TZDate(Date.parse(dueAt) - 1, timezone));

/** 0:00 of a day in the tenant's zone. */
export function startOfDay(date: string, timezone: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(new TZDate(year, month - 1, day, timezone).getTime()).toISOString();
}

/** 24:00 of a day in the tenant's zone. */
export function endOfDay(date: string, timezone: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(new TZDate(year, month - 1, day + 1, timezone).getTime()).toISOString();
}
