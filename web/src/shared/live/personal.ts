/** What concerns the signed-in person alone: tasks given to them, comments on those, changes of their rights. */

import type { LogEvent } from './event';

type Listener = (event: LogEvent) => void;

const listeners = new Set<Listener>();

/** Hears until what it gives back is called. */
export function onPersonal(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellPersonal(event: LogEvent): void {
  for (const listener of listeners) listener(event);
}
