/** How the live connection stands, in one word, and how old what is on the screen can be. */

import { createStore, useSelector } from '@tanstack/react-store';

export type LiveState =
  /** For the first time. */
  | 'connecting'
  | 'live'
  | 'reconnecting'
  /** The device has no network, or the server has been away for long. */
  | 'offline'
  /** Connected, but the server cannot store: its database is away. */
  | 'read_only'
  | 'signed_out';

export interface LiveStatus {
  state: LiveState;
  /** Since the connection was lost. */
  attempts: number;
  /** When what is shown was last known to be the newest; while live, now. Milliseconds. */
  dataAt: number;
  /** When the last message came. */
  heardAt: number;
  /** From the commit to its arrival here, of the last event. */
  delayMs: number | undefined;
  /** The number of the last event. */
  seq: number | undefined;
}

const status = createStore<LiveStatus>({
  state: 'connecting',
  attempts: 0,
  dataAt: Date.now(),
  heardAt: Date.now(),
  delayMs: undefined,
  seq: undefined,
});

export function setLive(change: Partial<LiveStatus>): void {
  status.setState((before) => ({ ...before, ...change }));
}

/** Hears of each state that begins, until what it gives back is called. */
export function onState(listener: (state: LiveState) => void): () => void {
  let last = status.get().state;
  const subscription = status.subscribe(() => {
    const { state } = status.get();
    if (state !== last) listener(state);
    last = state;
  });
  return () => subscription.unsubscribe();
}

export const liveStatus = (): LiveStatus => status.get();

/** Whether news come by themselves, so that nothing needs to be asked for. */
export const isLive = (): boolean => ['live', 'read_only'].includes(status.get().state);

/** One thing of it; whoever takes all of it is drawn with every event. */
export const useLive = <Part>(select: (value: LiveStatus) => Part): Part => useSelector(status, select);

export const useLiveState = (): LiveState => useLive(({ state }) => state);

/** Whether to offer what changes something. */
export const useCanWrite = (): boolean =>
  useSelector(status, ({ state }) => state !== 'offline' && state !== 'read_only' && state !== 'signed_out');
