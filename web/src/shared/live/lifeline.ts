/**
 * Says how the connection stands, from what its client tells. Without it the application goes on: summaries are
 * asked for, commands go through. It is offline only when nothing reaches the server at all.
 */

import type { Centrifuge } from 'centrifuge';
import { queryClient } from '@/shared/api/queryClient';
import { isReachable } from '@/shared/api/reachable';
import { healthQuery } from '@/shared/api/snapshots';
import { isRestored } from '@/shared/offline/kept';
import { askToSignIn } from '@/shared/session/session';
import { setLive } from './status';

/** After so long without the server it counts as away, not as coming back. */
const AWAY_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 3000;
/** The session has ended, the account is closed. */
const SIGNED_OUT_CODES = [3500, 3503, 3507];
/** From here on up the client gives up by itself: too many tabs, for instance. */
const GIVES_UP_FROM = 3500;
const TRY_AGAIN_AFTER_MS = 30_000;

/** Until the client is stopped for good, which is what it gives back. */
export function watchState(of: Centrifuge, reconnect: () => void): () => void {
  let attempts = 0;
  let hasBeenConnected = false;
  let lostAt: number | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;
  let tryingAgain: ReturnType<typeof setTimeout> | undefined;

  const judge = () => {
    if (lostAt === undefined) return;
    const isLong = Date.now() - lostAt > AWAY_AFTER_MS;
    const isAway = !navigator.onLine || ((isLong || isRestored()) && !isReachable());
    const loadedAt = queryClient.getQueryState(healthQuery.queryKey)?.dataUpdatedAt ?? 0;
    setLive({
      state: isAway ? 'offline' : hasBeenConnected || attempts > 0 ? 'reconnecting' : 'connecting',
      attempts,
      dataAt: Math.max(hasBeenConnected ? lostAt : 0, loadedAt) || Date.now(),
    });
  };
  const lose = () => {
    lostAt ??= Date.now();
    looking ??= setInterval(judge, LOOK_EVERY_MS);
    judge();
  };
  const rest = () => {
    clearInterval(looking);
    clearTimeout(tryingAgain);
    looking = lostAt = undefined;
  };

  of.on('connecting', lose);
  of.on('error', () => {
    attempts += 1;
    lose();
  });
  of.on('connected', () => {
    rest();
    attempts = 0;
    hasBeenConnected = true;
    setLive({ state: 'live', attempts, dataAt: Date.now(), heardAt: Date.now() });
  });
  of.on('disconnected', ({ code }) => {
    if (SIGNED_OUT_CODES.includes(code)) {
      rest();
      setLive({ state: 'signed_out', dataAt: Date.now() });
      // whoever signs in again makes this connection anew
      void askToSignIn();
    } else if (code >= GIVES_UP_FROM) {
      attempts += 1;
      lose();
      tryingAgain = setTimeout(reconnect, TRY_AGAIN_AFTER_MS);
    }
  });
  return rest;
}
