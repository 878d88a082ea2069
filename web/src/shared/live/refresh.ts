/**
 * Loads lists again after events, together and not too often: however many events come, a list is asked for at
 * most once in `APART_MS`, one after the other, and only while somebody looks at it. The others are marked, and
 * load when they are opened.
 */

import type { QueryKey } from '@tanstack/react-query';
import { hashKey } from '@tanstack/react-query';
import { queryClient } from '@/shared/api/queryClient';

/** Soon enough to look live, seldom enough for two hundred browsers. */
const APART_MS = 2000;

const marked = new Map<string, QueryKey>();
let timer: ReturnType<typeof setTimeout> | undefined;
let lastAt = 0;

/** Says that what a query holds is no longer right. */
export function markStale(queryKey: QueryKey): void {
  marked.set(hashKey(queryKey), queryKey);
  if (timer !== undefined) return;
  const wait = Math.max(0, lastAt + APART_MS - Date.now());
  // browsers that hear of the same event do not all ask in the same moment
  timer = setTimeout(refresh, wait + Math.random() * 200);
}

async function refresh(): Promise<void> {
  const keys = [...marked.values()];
  marked.clear();
  for (const queryKey of keys) {
    await queryClient.invalidateQueries({ queryKey, exact: true }, { cancelRefetch: false });
  }
  lastAt = Date.now();
  timer = undefined;
  const late = marked.values().next().value;
  if (late) markStale(late);
}
