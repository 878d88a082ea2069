/** What the address of the overview may say. */

import { DEPARTURE_DAYS } from '@/shared/api/snapshots';
import { present } from '@/shared/search';

/** How far ahead departures are shown. */
export const DAYS = [7, 14, 30] as const;

export const DAYS_AT_FIRST = DEPARTURE_DAYS;

export const overviewSearch = (given: Record<string, unknown>) =>
  present({ days: DAYS.find((days) => days === Number(given.days)) });
