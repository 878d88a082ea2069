/** The rows of one column: pages of ids, loaded as one scrolls, in an order that does not move under the hand. */

import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Bucket } from '@/shared/api/types';
import { type IdList, type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { differs, holdStill, layOut, type Order } from './order';
import { isOwn, takeBack, usePlaces } from './underway';

/** Rows of one request. */
export const PAGE = 100;

export interface ColumnRows {
  order: Order;
  /** How many there are in all, loaded or not; `undefined` before the first answer. */
  total: number | undefined;
  error: Error | null;
  retry: () => void;
  /** Rows of another filter are shown while the new ones are on their way. */
  reloading: boolean;
}

const combine = (all: UseQueryResult<IdList>[]) => ({
  lists: all.map(({ data }) => data),
  error: all.find(({ error, data }) => error && !data)?.error ?? null,
  retry: () => {
    for (const { error, refetch } of all) if (error) void refetch();
  },
});

export function useColumnRows(filters: TaskFilters, bucket: Bucket, pages: readonly number[]): ColumnRows {
  const results = useQueries({
    queries: pages.map((page) => tasksQuery({ ...filters, bucket, limit: PAGE, page })),
    combine,
  });
  const { lists, error, retry } = results;
  const newest = lists.reduce<IdList | undefined>(
    (best, list) => ((list?.meta.seq ?? -1) > (best?.meta.seq ?? -1) ? list : best),
    undefined,
  );
  const total = newest?.meta.total ?? undefined;
  const loaded = useMemo(
    () =>
      total === undefined
        ? undefined
        : layOut(
            pages.map((page, at) => ({ page, ids: lists[at]?.ids })),
            PAGE,
            total,
          ),
    [pages, lists, total],
  );
  const last = useRef<Order>([]);
  if (loaded) last.current = loaded;
  const base = loaded ?? last.current;
  const placed = usePlaced(base, bucket);
  return {
    order: placed,
    total: total === undefined ? undefined : total + placed.length - base.length,
    error,
    retry,
    reloading: loaded === undefined && base.length > 0,
  };
}

/** With the cards that one has just put here, and without those that one has just put elsewhere. */
function usePlaced(base: Order, bucket: Bucket): Order {
  const places = usePlaces();
  useEffect(() => {
    // the list has it now
    for (const [id, place] of places) if (place.bucket === bucket && base.includes(id)) takeBack(id);
  }, [base, places, bucket]);
  return useMemo(() => {
    if (places.size === 0) return base;
    const here = [...places].filter(([, place]) => place.bucket === bucket).map(([id]) => id);
    const stays = base.filter((id) => id === undefined || (places.get(id)?.bucket ?? bucket) === bucket);
    const known = new Set(stays);
    return [...here.filter((id) => !known.has(id)), ...stays];
  }, [base, places, bucket]);
}

/** How long after the hand has left the list it settles. */
const SETTLES_MS = 2000;

/**
 * Handlers for the list's element, and what to show meanwhile. `of` names the list: another filter, page or order
 * that somebody has asked for is shown at once.
 */
export function useStill(next: Order, of: string) {
  const [hand, setHand] = useState(false);
  const shown = useRef({ order: next, of });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const order = useMemo(
    () => (hand && shown.current.of === of ? holdStill(shown.current.order, next, isOwn) : next),
    [hand, next, of],
  );
  shown.current = { order, of };
  const enter = () => {
    clearTimeout(timer.current);
    setHand(true);
  };
  const leave = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setHand(false), SETTLES_MS);
  };
  return {
    order,
    /** Another order waits. */
    waits: hand && differs(order, next),
    apply: () => {
      shown.current = { order: next, of };
      setHand(false);
    },
    handlers: {
      onPointerEnter: (event: React.PointerEvent) => event.pointerType === 'mouse' && enter(),
      onPointerLeave: (event: React.PointerEvent) => event.pointerType === 'mouse' && leave(),
      onKeyDown: () => {
        enter();
        leave();
      },
    },
  };
}
