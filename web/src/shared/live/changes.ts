/**
 * Who has just changed what, so that a card can glow. Written by the live connection, about other people's
 * changes only; forgotten when the glow is over.
 */

import { useSyncExternalStore } from 'react';
import type { Actor } from '@/shared/api/types';

export interface Change {
  by: Actor;
  /** As in the log, e.g. `task.completed`. */
  kind: string;
  /** Milliseconds. */
  at: number;
}

/** The longest that anything is drawn of it. */
const KEPT_MS = 3000;
/** Above this pace in a second only rings are drawn, no name lines. */
const QUIET_PACE = 5;

/** So many subjects are remembered after that, for telling who it was when a change of one's own is refused. */
const REMEMBERED = 500;

const changes = new Map<string, Change>();
const last = new Map<string, Change>();
const listeners = new Map<string, Set<() => void>>();
let recent: number[] = [];

const tell = (subject: string) => {
  for (const listener of listeners.get(subject) ?? []) listener();
};

/** `subject` is a type and an id: `task:…`. */
export function noteChange(subject: string, change: Change): void {
  changes.set(subject, change);
  last.delete(subject);
  last.set(subject, change);
  if (last.size > REMEMBERED) last.delete([...last.keys()][0] ?? '');
  recent = [...recent.filter((at) => at > change.at - 1000), change.at];
  tell(subject);
  setTimeout(() => {
    if (changes.get(subject) !== change) return;
    changes.delete(subject);
    tell(subject);
  }, KEPT_MS);
}

/** The last change of somebody else, also when its glow is over. */
export const lastChange = (subject: string): Change | undefined => last.get(subject);

/** Whether so much happens that names would only flicker. */
export const isBusy = (): boolean => recent.length > QUIET_PACE;

/** The change that is to be shown on one thing now. */
export function useChange(subject: string): Change | undefined {
  return useSyncExternalStore(
    (listener) => {
      const all = listeners.get(subject) ?? new Set();
      listeners.set(subject, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0) listeners.delete(subject);
      };
    },
    () => changes.get(subject),
  );
}
