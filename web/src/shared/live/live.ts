/** The live connection for the rest of the application. What it is made of is loaded after the first screen. */

import type { Centrifuge } from 'centrifuge';
import type { Me } from '@/shared/api/types';

const connection = () => import('./connection');

/** Connects for whoever is signed in; what it gives back ends it. */
export function goLive(me: Me): () => void {
  let wanted = true;
  void connection().then(({ startLive }) => wanted && startLive(me));
  return () => {
    wanted = false;
    void connection().then(({ stopLive }) => stopLive());
  };
}

/** Tries now instead of after the pause between attempts. */
export const reconnectNow = () => void connection().then(({ reconnect }) => reconnect());

/** The client itself, for a channel of one page (an import's progress). */
export const liveClient = (): Promise<Centrifuge | undefined> =>
  connection().then((module) => module.liveClient());
