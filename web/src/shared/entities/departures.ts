/**
 * Departures beside the summary of the next days: pages of them, one of them, and those to choose from. An event
 * about people or departures marks them (`shared/live`).
 */

import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import type { DepartureReport } from '@/shared/api/types';

/** The query parameters of `GET /pipeline/departures`. */
export interface DepartureFilters {
  days?: number;
  from?: string;
  to?: string;
  sort?: string;
  page?: number;
  limit?: number;
}

/** As many as the server gives at once. */
const AT_ONCE = 100;
/** Nobody plans further ahead. */
const CHOICE_DAYS = 365;

export const departureListQuery = (filters: DepartureFilters) =>
  queryOptions({
    queryKey: ['departures', 'list', filters] as const,
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/pipeline/departures', { signal, params: { query: filters } })),
  });

export const departureQuery = (id: string) =>
  queryOptions({
    queryKey: ['departures', 'one', id] as const,
    queryFn: async ({ signal }): Promise<DepartureReport> =>
      (await ask(api.GET('/api/v1/pipeline/departures/{id}', { signal, params: { path: { id } } }))).data,
  });

/** The departures to come, for choosing one. */
export const departureChoicesQuery = queryOptions({
  queryKey: ['departures', 'choices'],
  queryFn: async ({ signal }): Promise<DepartureReport[]> => {
    const query = { days: CHOICE_DAYS, limit: AT_ONCE };
    return (await ask(api.GET('/api/v1/pipeline/departures', { signal, params: { query } }))).data;
  },
});
