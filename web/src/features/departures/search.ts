/** What the addresses of the list of departures, and of one, may say. */

import { oneOf, pageSize, positive, present, text } from '@/shared/search';

export const SORTS = ['departure_date', 'readiness', '-people', 'code'] as const;
/** How far ahead to look. */
export const RANGES = [7, 14, 30, 90, 365] as const;
export const USUAL_DAYS = 30;

export const departuresSearch = (given: Record<string, unknown>) =>
  present({
    days: positive(given, 'days'),
    from: text(given, 'from'),
    to: text(given, 'to'),
    sort: oneOf(given, 'sort', SORTS),
    page: positive(given, 'page'),
    limit: pageSize(given),
  });

export type DeparturesSearch = ReturnType<typeof departuresSearch>;

export const departureSearch = (given: Record<string, unknown>) =>
  present({
    stage: text(given, 'stage'),
    /** Whether those who are ready are listed, too. */
    ready: given.ready === true || given.ready === 'true' ? (true as const) : undefined,
    page: positive(given, 'page'),
  });
