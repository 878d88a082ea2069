/** Carries events of the log into the query cache, and tells who changed what. */

import { queryClient } from '@/shared/api/queryClient';
import { applyJamaahEvent } from '@/shared/entities/jamaah';
import { applyTaskEvent } from '@/shared/entities/tasks';
import { currentMe } from '@/shared/session/session';
import { noteChange } from './changes';
import type { LogEvent } from './event';
import { markStale } from './refresh';

/** In the order of the log. Repeating an event does no harm: rows carry versions. */
export function applyEvent(event: LogEvent): void {
  const { type } = event.subject;
  if (type === 'task') {
    applyTaskEvent(event, currentMe()?.tenant.timezone ?? 'UTC');
    const jamaah = event.after?.jamaah_id as string | undefined;
    if (jamaah) markStaleIfKept(['jamaah-page', jamaah]);
  } else if (type === 'comment') {
    markStaleIfKept(['comments', event.after?.task_id]);
  } else {
    applyJamaahEvent(event);
    markStaleIfKept(['departures', 'one', event.after?.departure_id]);
  }
  if (isSomebodyElse(event)) {
    noteChange(`${type}:${event.subject.id}`, { by: event.by, kind: event.kind, at: Date.now() });
  }
}

/** The program's own changes (a deadline passed) and one's own do not glow. */
function isSomebodyElse({ by }: LogEvent): boolean {
  return by.type === 'api_key' || (by.type === 'user' && by.id !== currentMe()?.user?.id);
}

function markStaleIfKept(queryKey: readonly unknown[]): void {
  if (queryClient.getQueryState(queryKey)) markStale(queryKey);
}
