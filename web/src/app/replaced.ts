/**
 * When the server delivers a newer application than the one in this page, the files that this one would still load
 * are gone. Then the page is loaded anew, at the same address; not while the server is away, for then there would be
 * no page at all.
 */

const RELOADED_AT = 'lajur.reloaded_at';
/** What fails again so soon is not mended by loading again. */
const APART_MS = 60_000;

export function reloadWhenReplaced(): void {
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(RELOADED_AT));
    if (Date.now() - last < APART_MS) return;
    void serverAnswers().then((answers) => {
      if (!answers) return;
      sessionStorage.setItem(RELOADED_AT, String(Date.now()));
      window.location.reload();
    });
  });
}

const serverAnswers = (): Promise<boolean> =>
  fetch('/health/live', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
