/**
 * Keyboard shortcuts, and the list of them that `?` shows. A part of the page offers its own while it is drawn:
 *
 *     useShortcuts(t('title'), [{ keys: 'c', label: t('complete'), run: complete }]);
 *
 * `keys` are written as tinykeys reads them: `c`, `g t` (one after the other), `$mod+k`, `[Shift]+?`. Letters act
 * outside fields and dialogs only, and not at all for whoever has switched them off.
 */

import { createStore, useSelector } from '@tanstack/react-store';
import { useEffect, useId, useLayoutEffect, useRef } from 'react';
import { tinykeys } from 'tinykeys';

export interface Shortcut {
  keys: string;
  /** What it does, for the list. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also inside fields and dialogs. */
  everywhere?: boolean;
  /** Otherwise the key keeps its own meaning, such as the space bar on a button. */
  when?: (event: KeyboardEvent) => boolean;
}

export interface ShortcutGroup {
  name: string;
  shortcuts: Pick<Shortcut, 'keys' | 'label'>[];
}

const KEPT_AS = 'lajur.letters';
const SEQUENCE_MS = 1000;

const groups = createStore<ReadonlyMap<string, ShortcutGroup>>(new Map());
const letters = createStore<boolean>(localStorage.getItem(KEPT_AS) !== 'off');

/** Those that act at this moment. */
export const useShortcutGroups = (): ShortcutGroup[] => [...useSelector(groups, (all) => all).values()];

export const useLetters = (): boolean => useSelector(letters, (on) => on);

export function switchLetters(on: boolean): void {
  localStorage.setItem(KEPT_AS, on ? 'on' : 'off');
  letters.setState(() => on);
}

/** When the first key of a sequence was pressed: the next one belongs to it. */
let begunAt = 0;

/** Offers shortcuts as long as the calling component is drawn. */
export function useShortcuts(group: string, shortcuts: Shortcut[]): void {
  const id = useId();
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  const told = JSON.stringify(shortcuts.map(({ keys, label }) => ({ keys, label })));
  useEffect(() => {
    const list = JSON.parse(told) as ShortcutGroup['shortcuts'];
    if (list.length === 0) return;
    groups.setState((all) => new Map(all).set(id, { name: group, shortcuts: list }));
    const run = (keys: string) => (event: KeyboardEvent) => {
      const shortcut = latest.current.find((one) => one.keys === keys);
      if (!shortcut || event.defaultPrevented) return;
      if (!shortcut.everywhere && !mayAct(event, keys)) return;
      if (shortcut.when && !shortcut.when(event)) return;
      event.preventDefault();
      shortcut.run(event);
    };
    const unbind = tinykeys(window, Object.fromEntries(list.map(({ keys }) => [keys, run(keys)])), {
      timeout: SEQUENCE_MS,
      ignore: () => false,
    });
    return () => {
      unbind();
      groups.setState((all) => new Map([...all].filter(([known]) => known !== id)));
    };
  }, [id, group, told]);
}

function mayAct(event: KeyboardEvent, keys: string): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest('input, textarea, select, [contenteditable="true"], [role="menu"]')) return false;
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return false;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1;
  if (plain && !letters.get()) return false;
  return keys.includes(' ') || Date.now() - begunAt > SEQUENCE_MS;
}

/** Tells single keys that a sequence has begun; called by whoever offers sequences. */
export function useSequences(first: string): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // the key after the first one ends it, whichever it is
      const begins = event.key === first && mayAct(event, '');
      setTimeout(() => {
        begunAt = begins ? Date.now() : 0;
      });
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [first]);
}
