/**
 * The one connection that news come by. Four state channels replace the summaries, the log channel patches tasks
 * and jamaah; after an interruption the log continues from the last event, or, when that is too long ago,
 * everything is loaded anew.
 */

import { Centrifuge, type Subscription } from 'centrifuge';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import { healthQuery, putSnapshot, SNAPSHOT_KEYS, type Snapshot } from '@/shared/api/snapshots';
import type { Envelope, Health, Me, Permission } from '@/shared/api/types';
import { heardUntil, noteHeard, type Position } from '@/shared/news/news';
import { isRestored, noteLoadedAnew } from '@/shared/offline/kept';
import { mayDo } from '@/shared/session/permissions';
import { applyEvent } from './apply';
import type { LogEvent } from './event';
import { watchState } from './lifeline';
import { tellPersonal } from './personal';
import { markStale } from './refresh';
import { setLive } from './status';
import { onWaking } from './waking';

let client: Centrifuge | undefined;
let stopWatching = () => {};
let stopLooking = () => {};

/** Connects for whoever is signed in. Called again after another sign-in, it begins anew. */
export function startLive(me: Me): void {
  stopLive();
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  client = new Centrifuge(`${scheme}://${window.location.host}/connection/websocket`, {
    name: 'lajur-web',
    getToken: async () => (await ask(api.POST('/api/v1/realtime/token'))).data.token,
    maxReconnectDelay: 10_000,
  });
  stopLooking = watchState(client, reconnect);
  const may = (permission: Permission) => mayDo(me, permission);
  const channel = (name: string) => `realtime:${me.tenant.slug}:${name}`;
  if (may('pipeline.read')) {
    for (const name of Object.keys(SNAPSHOT_KEYS) as Snapshot[]) {
      followState(client.newSubscription(channel(`pipeline:${name}`)), name);
    }
  }
  const seesTasks = may('tasks.read') || may('tasks.read_all');
  if (seesTasks) {
    followLog(client.newSubscription(channel('pipeline:tasks'), { getState: loadedPosition(me) }));
  }
  if (me.user) {
    const options = seesTasks ? { getState: heardPosition(me) } : {};
    followPerson(client.newSubscription(channel(`user:${me.user.id}`), options));
  }
  client.connect();
  stopWatching = onWaking(reconnect);
}

export function stopLive(): void {
  stopWatching();
  stopLooking();
  client?.disconnect();
  client = undefined;
}

/** Tries now instead of after the pause between attempts. */
export function reconnect(): void {
  client?.disconnect();
  client?.connect();
}

/** The client itself, for a channel of one page (an import's progress). */
export const liveClient = (): Centrifuge | undefined => client;

function followState(subscription: Subscription, name: Snapshot): void {
  const take = (value: Envelope<unknown>) => {
    setLive({
      heardAt: Date.now(),
      ...(name === 'health' ? { state: value.meta?.stale ? ('read_only' as const) : ('live' as const) } : {}),
    });
    if (!putSnapshot(name, value)) return;
    // other ranges of the same resource, as far as they are of an older state
    if (name === 'departures') {
      for (const [queryKey, other] of queryClient.getQueriesData<Envelope<unknown>>({
        queryKey: ['departures'],
      })) {
        if ((other?.meta?.seq ?? 0) < (value.meta?.seq ?? 0)) markStale(queryKey);
      }
    }
  };
  subscription.on('subscribed', ({ data }) => {
    if (data) take(data as Envelope<unknown>);
  });
  subscription.on('publication', ({ data }) => take(data as Envelope<unknown>));
  subscription.subscribe();
}

function followLog(subscription: Subscription): void {
  subscription.on('publication', ({ data }) => {
    const event = data as LogEvent;
    const now = Date.now();
    setLive({ heardAt: now, seq: event.seq, delayMs: Math.max(0, now - Date.parse(event.at)) });
    applyEvent(event);
  });
  subscription.subscribe();
}

/** From where this person heard it last; the first time from what is on the screen. */
function followPerson(subscription: Subscription): void {
  subscription.on('publication', ({ data }) => tellPersonal(data as LogEvent));
  subscription.subscribe();
}

/**
 * Where the log is to be followed from. The first time, what is on the screen was loaded at that position or
 * later. When asked again the log could not be continued: then everything there is is loaded anew.
 */
function loadedPosition(me: Me) {
  let first = !isRestored();
  return async () => {
    const position = first ? await knownPosition(me) : await askPosition(me);
    if (!first) await queryClient.invalidateQueries();
    first = false;
    noteLoadedAnew();
    return position;
  };
}

/** When asked again, what was missed is too long ago: it goes on from now. */
function heardPosition(me: Me) {
  let first = true;
  return async () => {
    const now = await knownPosition(me);
    const position = (first && heardUntil(now.epoch)) || now;
    first = false;
    noteHeard(position);
    return position;
  };
}

async function knownPosition(me: Me): Promise<Position> {
  const known = queryClient.getQueryData<Envelope<Health>>(healthQuery.queryKey);
  return known && !isRestored() ? positionOf(known) : askPosition(me);
}

/** Each answer about the pipeline says where the log stood. */
const askPosition = async (me: Me): Promise<Position> =>
  positionOf(
    await (mayDo(me, 'pipeline.read')
      ? ask(api.GET('/api/v1/pipeline/health'))
      : ask(api.GET('/api/v1/pipeline/tasks', { params: { query: { limit: 1 } } }))),
  );

function positionOf({ meta }: Envelope<unknown>): Position {
  if (meta?.seq == null || !meta.epoch) {
    throw new ApiError({ code: 'INTERNAL', status: 200, message: 'the answer has no position' });
  }
  return { offset: meta.seq, epoch: meta.epoch };
}
