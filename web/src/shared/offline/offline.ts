/** Reading without a network, for the rest of the application. What it is made of is loaded after the first screen. */

import type { Me } from '@/shared/api/types';

const keeping = () => import('./keeping');

/** Whoever was signed in here last, with what they had on the screen, if that may be shown. */
export const restoreReadable = (): Promise<Me | undefined> =>
  keeping().then(
    ({ restore }) => restore(),
    () => undefined,
  );

export const forgetReadable = (): Promise<void> =>
  keeping().then(
    ({ forget }) => forget(),
    () => undefined,
  );

/** Keeps what is on the screen, and has the browser keep the application itself. What it gives back ends it. */
export function startKeeping(): () => void {
  let wanted = true;
  let stop = () => {};
  void keeping().then(({ keepReadable }) => {
    if (wanted) stop = keepReadable();
  });
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    // without it there is no page while the server is away; everything else goes on
    navigator.serviceWorker.register('/sw.js').catch(() => undefined);
  }
  return () => {
    wanted = false;
    stop();
  };
}
