/**
 * When the server delivers a newer application than the one in this page, the files that this one would still load
 * are gone. Then the page is loaded anew, at the same address.
 */

const RELOADED_AT = 'lajur.reloaded_at';
/** What fails again so soon is not mended by loading again. */
const APART_MS = 60_000;

export function reloadWhenReplaced(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(RELOADED_AT));
    if (!navigator.onLine || Date.now() - last < APART_MS) return;
    event.preventDefault();
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    window.location.reload();
  });
}
