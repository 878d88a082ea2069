/**
 * The four summaries that the server keeps up to date: health, stages, bottlenecks, departures. Each is one
 * query; the state channel of the same name replaces it whole whenever it is newer (`shared/live`).
 */

import { type QueryKey, queryOptions } from '@tanstack/react-query';
import { isLive } from '@/shared/live/status';
import type { Bootstrap } from './bootstrap';
import { api, ask } from './client';
import { queryClient } from './queryClient';
import type { Bottleneck, DepartureReport, Envelope, Health, StageReport } from './types';

/** How often to look when nobody tells us. */
const LOOK_EVERY_MS = 15_000;
const whileNotLive = () => (isLive() ? false : LOOK_EVERY_MS);

/** The range that the departures' state channel is about, and that the page begins with and comes with. */
export const DEPARTURE_DAYS = 14;

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }): Promise<Envelope<Health>> =>
    ask(api.GET('/api/v1/pipeline/health', { signal })),
  refetchInterval: whileNotLive,
});

export const stagesQuery = queryOptions({
  queryKey: ['stages'],
  queryFn: async ({ signal }): Promise<Envelope<StageReport[]>> =>
    ask(api.GET('/api/v1/pipeline/stages', { signal, params: { query: { limit: 100 } } })),
  refetchInterval: whileNotLive,
});

export const bottlenecksQuery = queryOptions({
  queryKey: ['bottlenecks'],
  queryFn: async ({ signal }): Promise<Envelope<Bottleneck[]>> =>
    ask(api.GET('/api/v1/pipeline/bottlenecks', { signal })),
  refetchInterval: whileNotLive,
});

export const departuresQuery = (days: number) =>
  queryOptions({
    queryKey: ['departures', 'next', days],
    queryFn: async ({ signal }): Promise<Envelope<DepartureReport[]>> =>
      ask(
        api.GET('/api/v1/pipeline/departures', {
          signal,
          params: { query: { days, limit: 100 } },
        }),
      ),
    refetchInterval: whileNotLive,
  });

/** The query that holds what a state channel carries. */
export const SNAPSHOT_KEYS = {
  health: healthQuery.queryKey,
  stages: stagesQuery.queryKey,
  bottlenecks: bottlenecksQuery.queryKey,
  departures: departuresQuery(DEPARTURE_DAYS).queryKey,
} as const;

export type Snapshot = keyof typeof SNAPSHOT_KEYS;

/** Whether `next` was made after `before`: of the state it reflects, else of when. */
export function isNewer(next: Envelope<unknown>, before: Envelope<unknown> | undefined): boolean {
  if (!before?.meta || before.meta.epoch !== next.meta?.epoch) return true;
  const [was, is] = [before.meta.seq ?? 0, next.meta?.seq ?? 0];
  if (was !== is) return is > was;
  return (next.meta?.as_of ?? '') >= (before.meta.as_of ?? '');
}

/** Takes a whole new value from the channel, unless what is there is newer. Says whether it was taken. */
export function putSnapshot(name: Snapshot, value: Envelope<unknown>): boolean {
  const key = SNAPSHOT_KEYS[name];
  if (!isNewer(value, queryClient.getQueryData<Envelope<unknown>>(key))) return false;
  queryClient.setQueryData<Envelope<unknown>>(key as QueryKey, value);
  return true;
}

/** Puts what the page came with where the queries look for it. */
export function seedSnapshots(given: Bootstrap): void {
  for (const name of Object.keys(SNAPSHOT_KEYS) as Snapshot[]) {
    const value = given[name];
    if (value) putSnapshot(name, value);
  }
}
