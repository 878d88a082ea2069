/**
 * What one has just asked for and the server has not answered yet, and where it puts the card meanwhile. Also
 * which changes were one's own, because only those move a row under one's hand.
 */

import { createStore, useSelector } from '@tanstack/react-store';
import type { Bucket } from '@/shared/api/types';
import type { Command } from './command';

/** The column that a card was put into, until the column's own list has it. */
interface Place {
  bucket: Bucket;
  /** Forgotten by then, whatever the list says. Milliseconds. */
  until: number;
}

interface Underway {
  pending: ReadonlyMap<string, Command['action']>;
  places: ReadonlyMap<string, Place>;
}

/** Longer than any list takes to be loaded again. */
const PLACED_MS = 8000;
/** For so long a change counts as one's own. */
const OWN_MS = 15_000;

const underway = createStore<Underway>({ pending: new Map(), places: new Map() });
const own = new Map<string, number>();

const changed = <V>(map: ReadonlyMap<string, V>, id: string, value: V | undefined): Map<string, V> => {
  const next = new Map(map);
  if (value === undefined) next.delete(id);
  else next.set(id, value);
  return next;
};

export function setPending(id: string, action: Command['action'] | undefined): void {
  if (action) own.set(id, Date.now());
  underway.setState((now) => ({ ...now, pending: changed(now.pending, id, action) }));
}

/** The same for many. */
export function setAllPending(ids: readonly string[], action: Command['action'] | undefined): void {
  const now = Date.now();
  underway.setState((before) => {
    const pending = new Map(before.pending);
    for (const id of ids) {
      if (action) {
        own.set(id, now);
        pending.set(id, action);
      } else pending.delete(id);
    }
    return { ...before, pending };
  });
}

/** Draws the card in a column at once. */
export function placeIn(id: string, bucket: Bucket): void {
  const until = Date.now() + PLACED_MS;
  underway.setState((now) => ({ ...now, places: changed(now.places, id, { bucket, until }) }));
  setTimeout(() => {
    const place = underway.get().places.get(id);
    if (place && place.until <= Date.now()) takeBack(id);
  }, PLACED_MS + 50);
}

/** Where it is drawn is the server's business again. */
export function takeBack(id: string): void {
  if (!underway.get().places.has(id)) return;
  underway.setState((now) => ({ ...now, places: changed(now.places, id, undefined) }));
}

export const isOwn = (id: string): boolean => Date.now() - (own.get(id) ?? 0) < OWN_MS;

export const isPending = (id: string): boolean => underway.get().pending.has(id);

export const usePending = (id: string): Command['action'] | undefined =>
  useSelector(underway, ({ pending }) => pending.get(id));

export const usePlaces = (): ReadonlyMap<string, Place> => useSelector(underway, ({ places }) => places);
