/** Finding out who is signed in. */

import { readBootstrap } from '@/shared/api/bootstrap';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { isReachable } from '@/shared/api/reachable';
import { seedSnapshots } from '@/shared/api/snapshots';
import type { Me } from '@/shared/api/types';
import { forgetReadable, restoreReadable } from '@/shared/offline/offline';
import { currentMe, signedInAs } from './session';

/** From what the page came with, if it came with it. */
export function takeBootstrap(): void {
  const given = readBootstrap();
  if (!given) return;
  seedSnapshots(given);
  signedInAs(given.me.data);
}

/** Who is signed in; `undefined` when nobody is. While the server is away: who was, with what they had on the screen. */
export async function findMe(): Promise<Me | undefined> {
  const known = currentMe();
  if (known) return known;
  try {
    const { data } = await ask(api.GET('/api/v1/me'));
    signedInAs(data);
    return data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) {
      void forgetReadable();
      return undefined;
    }
    const kept = isReachable() ? undefined : await restoreReadable();
    if (!kept) throw error;
    return kept;
  }
}
