/**
 * Jamaah as the browser keeps them: one entry each for lists, `['jamaah', id]`, one for their page,
 * `['jamaah-page', id]`, and lists of ids, `['jamaah-list', filters]`.
 */

import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { Jamaah, JamaahCard, JamaahState } from '@/shared/api/types';
import type { IdList } from '@/shared/entities/tasks';
import type { LogEvent } from '@/shared/live/event';
import { markStale } from '@/shared/live/refresh';

/** The query parameters of `GET /pipeline/jamaah`. */
export interface JamaahFilters {
  status?: string;
  stage?: string;
  departure?: string;
  q?: string;
  blocked?: boolean;
  on_hold?: boolean;
  waiting?: boolean;
  risk?: string;
  sort?: string;
  page?: number;
  limit?: number;
}

export const jamaahKey = (id: string) => ['jamaah', id] as const;

export const jamaahListQuery = (filters: JamaahFilters) =>
  queryOptions({
    queryKey: ['jamaah-list', filters] as const,
    queryFn: async ({ signal }): Promise<IdList> => {
      const { data, meta } = await ask(
        api.GET('/api/v1/pipeline/jamaah', { signal, params: { query: filters } }),
      );
      for (const card of data) putJamaah(card);
      return { ids: data.map((card) => card.id), meta: meta ?? {} };
    },
  });

/** With path, tasks and history, for the page of one. */
export const jamaahPageQuery = (id: string) =>
  queryOptions({
    queryKey: ['jamaah-page', id] as const,
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/pipeline/jamaah/{id}', { signal, params: { path: { id } } })),
  });

/** An older page of somebody's history; the first comes with the page itself. */
export const jamaahHistoryQuery = (id: string, page: number) =>
  queryOptions({
    queryKey: ['jamaah-page', id, 'history', page] as const,
    queryFn: async ({ signal }) =>
      (
        await ask(
          api.GET('/api/v1/pipeline/jamaah/{id}', {
            signal,
            params: { path: { id }, query: { events_page: page } },
          }),
        )
      ).data.events,
  });

/** The card of one that a list has brought. Draws again when it changes only. */
export const useJamaah = (id: string): JamaahCard | undefined =>
  useQuery<JamaahCard>({ queryKey: jamaahKey(id), queryFn: skipToken }).data;

export function putJamaah(card: JamaahCard): void {
  queryClient.setQueryData<JamaahCard>(jamaahKey(card.id), (before) =>
    before && (before.version > card.version || before.status_version > card.status_version) ? before : card,
  );
}

/** An event about a jamaah, their status, or their way through a stage. */
export function applyJamaahEvent(event: LogEvent): void {
  const id = jamaahOf(event);
  if (!id) return;
  if (queryClient.getQueryState(['jamaah-page', id])) markStale(['jamaah-page', id]);
  const before = queryClient.getQueryData<JamaahCard>(jamaahKey(id));
  if (before && event.after) {
    const after = patched(before, event);
    if (after) queryClient.setQueryData(jamaahKey(id), after);
  }
  for (const [queryKey, list] of queryClient.getQueriesData<IdList>({ queryKey: ['jamaah-list'] })) {
    if (list && (list.meta.seq ?? 0) < event.seq) markStale(queryKey);
  }
}

function jamaahOf(event: LogEvent): string | undefined {
  if (event.subject.type === 'jamaah') return event.subject.id;
  return event.after?.jamaah_id as string | undefined;
}

/** The card with what the row says; `undefined` when it says nothing newer. */
function patched(card: JamaahCard, event: LogEvent): JamaahCard | undefined {
  if (event.kind === 'jamaah.status_changed') {
    const row = event.after as unknown as JamaahState;
    if (row.version <= card.status_version) return undefined;
    return {
      ...card,
      status: row.status,
      status_version: row.version,
      reasons: row.reasons,
      blocked: row.blocked,
      on_hold: row.on_hold,
      waiting: row.waiting,
      risk: row.risk,
      progress_percent: row.progress_percent,
      readiness_probability: row.readiness_probability ?? null,
      current_stage_id: row.current_stage_id ?? null,
    };
  }
  if (event.subject.type !== 'jamaah') return undefined;
  const row = event.after as unknown as Jamaah;
  if (row.version <= card.version) return undefined;
  return {
    ...card,
    version: row.version,
    name: row.name,
    passport_number: row.passport_number,
    phone: row.phone ?? null,
  };
}
