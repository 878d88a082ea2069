/** What the address of the list of jamaah may say. */

import { flag, oneOf, pageSize, positive, present, text } from '@/shared/search';

export const STATUSES = ['active', 'overdue', 'at_risk', 'on_track', 'completed', 'cancelled'] as const;
export const RISKS = ['high', 'medium', 'low', 'unknown'] as const;
export const SORTS = [
  'risk',
  'due_at',
  'name',
  'departure_date',
  '-registered_at',
  '-updated_at',
  'progress',
] as const;

/** By risk comes first once there is a forecast; lateness is what is known today. */
export const USUAL_SORT = 'due_at';

export const jamaahSearch = (given: Record<string, unknown>) =>
  present({
    status: text(given, 'status'),
    stage: text(given, 'stage'),
    departure: text(given, 'departure'),
    q: text(given, 'q'),
    blocked: flag(given, 'blocked'),
    on_hold: flag(given, 'on_hold'),
    waiting: flag(given, 'waiting'),
    risk: text(given, 'risk'),
    sort: oneOf(given, 'sort', SORTS),
    page: positive(given, 'page'),
    limit: pageSize(given),
  });

export type JamaahSearch = ReturnType<typeof jamaahSearch>;

/** The filters alone, without how the list is ordered and which page is open. */
export const filtersOf = ({ sort: _sort, page: _page, limit: _limit, ...filters }: JamaahSearch) => filters;

/** What the address of somebody's page may say: which page of the history is open. */
export const jamaahPageSearch = (given: Record<string, unknown>) =>
  present({ history: positive(given, 'history') });
