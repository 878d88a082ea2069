/**
 * Noticing that the device slept. A socket that died meanwhile looks alive for up to half a minute; after waking
 * nobody should look at old data for that long.
 */

const TICK_MS = 5000;
/** A tick that comes this much later than it should was held up by sleep. (Hidden pages tick once a minute.) */
const SLEPT_MS = 75_000;

/** Calls `wake` after each sleep; the answer stops that. */
export function onWaking(wake: () => void): () => void {
  let last = Date.now();
  const look = () => {
    const now = Date.now();
    if (now - last > SLEPT_MS) wake();
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  const restored = ({ persisted }: PageTransitionEvent) => persisted && wake();
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pageshow', restored);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pageshow', restored);
  };
}
