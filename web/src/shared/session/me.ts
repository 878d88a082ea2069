/** Finding out who is signed in. */

import { readBootstrap } from '@/shared/api/bootstrap';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { seedSnapshots } from '@/shared/api/snapshots';
import type { Me } from '@/shared/api/types';
import { currentMe, signedInAs } from './session';

/** From what the page came with, if it came with it. */
export function takeBootstrap(): void {
  const given = readBootstrap();
  if (!given) return;
  seedSnapshots(given);
  signedInAs(given.me.data);
}

/** Who is signed in; `undefined` when nobody is. */
export async function findMe(): Promise<Me | undefined> {
  const known = currentMe();
  if (known) return known;
  try {
    const { data } = await ask(api.GET('/api/v1/me'));
    signedInAs(data);
    return data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined;
    throw error;
  }
}
