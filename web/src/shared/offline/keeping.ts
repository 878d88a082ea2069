/**
 * What was on the screen, kept in this browser so that it can be read when the page is opened without a network.
 *
 * On a shared computer nobody may see what is another's: it is kept for one person, who is named in a place of its
 * own (`session.ts`) as soon as they sign in, and not given to anybody while another is named there. It goes with
 * signing out, with the end of the session, and with a new version of the application. Never kept: the session itself.
 */

import { type DehydratedState, dehydrate, hydrate, type Query } from '@tanstack/react-query';
import { createStore, del, get, set } from 'idb-keyval';
import { queryClient } from '@/shared/api/queryClient';
import type { Me } from '@/shared/api/types';
import { isLive, onState, setLive } from '@/shared/live/status';
import { currentMe, personKept, signedInAs } from '@/shared/session/session';
import { noteRestored } from './kept';

export interface Kept {
  build: string;
  me: Me;
  /** Milliseconds. */
  at: number;
  state: DehydratedState;
}

/** What is read as it was; searches and long jobs are not. */
const READABLE = [
  'health',
  'stages',
  'bottlenecks',
  'departures',
  'people',
  'tasks',
  'task',
  'comments',
  'jamaah-list',
  'jamaah',
  'jamaah-page',
  'imports',
];
/** Of the newest: more than anybody has looked at. */
const MOST_QUERIES = 2500;
const APART_MS = 15_000;
/** Without an end of the session, which only API keys do not have. */
const LONGEST_MS = 12 * 3_600_000;
const KEY = 'kept';

let opened: ReturnType<typeof createStore> | undefined;
const place = () => {
  opened ??= createStore('lajur', KEY);
  return opened;
};

/** Names the files of this version: their names tell what is in them. */
const build = (): string => document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? '';

/** Whether this may be shown to whoever opens the page now. */
export function isReadable(kept: Kept, now: { person: string | null; build: string; at: number }): boolean {
  const end = kept.me.expires_at ? Date.parse(kept.me.expires_at) : kept.at + LONGEST_MS;
  return kept.build === now.build && now.at < end && kept.me.user != null && kept.me.user.id === now.person;
}

/** The person and their data, if there is something that may be shown. */
export async function restore(): Promise<Me | undefined> {
  const kept = await get<Kept>(KEY, place()).catch(() => undefined);
  if (!kept) return undefined;
  if (!isReadable(kept, { person: personKept(), build: build(), at: Date.now() })) {
    await forget();
    return undefined;
  }
  hydrate(queryClient, kept.state);
  noteRestored();
  signedInAs(kept.me);
  setLive({ state: 'offline', dataAt: kept.at });
  return kept.me;
}

export const forget = (): Promise<void> => del(KEY, place()).catch(() => undefined);

/** Keeps what changes, from now on until what it gives back is called. */
export function keepReadable(): () => void {
  let changed = true;
  const keep = () => {
    if (!changed || !isLive()) return;
    changed = false;
    void store();
  };
  const stops = [
    queryClient.getQueryCache().subscribe(({ type }) => {
      if (type === 'updated') changed = true;
    }),
    onState((state) => state === 'signed_out' && void forget()),
  ];
  const timer = setInterval(() => requestIdleCallback(keep), APART_MS);
  window.addEventListener('pagehide', keep);
  requestIdleCallback(keep);
  return () => {
    clearInterval(timer);
    window.removeEventListener('pagehide', keep);
    for (const stop of stops) stop();
  };
}

async function store(): Promise<void> {
  const me = currentMe();
  if (!me?.user) return;
  const newest = queryClient
    .getQueryCache()
    .findAll({ predicate: isKept })
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .slice(0, MOST_QUERIES);
  const chosen = new Set(newest.map(({ queryHash }) => queryHash));
  const state = dehydrate(queryClient, {
    shouldDehydrateQuery: ({ queryHash }) => chosen.has(queryHash),
    shouldDehydrateMutation: () => false,
  });
  const kept: Kept = { build: build(), me: { ...me, csrf_token: null }, at: Date.now(), state };
  // a full disk, or a browser that keeps nothing: then there is nothing to read without a network
  await set(KEY, kept, place()).catch(() => undefined);
  // signed out meanwhile
  if (currentMe()?.user?.id !== me.user.id) await forget();
}

const isKept = ({ queryKey, state }: Query): boolean =>
  state.status === 'success' && READABLE.includes(String(queryKey[0]));
