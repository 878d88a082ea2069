/// <reference lib="webworker" />
/**
 * What the browser keeps of the application, so that a page can be opened while the server is away: the files, which
 * never change under their names, and one page with nobody's data in it (that of signing in, asked for without the
 * session's cookie). Pages come from the server whenever it answers. What the server says of anybody is never kept here.
 */

import { enable as preloadPages } from 'workbox-navigation-preload';
import { cleanupOutdatedCaches, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { NetworkOnly } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (string | PrecacheEntry)[] };

interface RoutingEvent extends ExtendableEvent {
  /** Not in every browser. */
  addRoutes?: (rules: object[]) => Promise<void>;
}

const PAGE = '/login';
const PAGES = 'lajur-page';
/** What a proxy answers in the place of a server that is away. */
const AWAY = [502, 504];

self.addEventListener('install', (event: RoutingEvent) => {
  event.waitUntil(keepPage());
  const path = (pathname: string, source: string) => ({ condition: { urlPattern: { pathname } }, source });
  // the browser's own cache is faster than starting this worker
  const rules = [path('/assets/*', 'race-network-and-fetch-handler'), path('/api/*', 'network')];
  if (event.addRoutes) event.waitUntil(event.addRoutes(rules).catch(() => undefined));
  void self.skipWaiting();
});

async function keepPage(): Promise<void> {
  const page = await fetch(PAGE, { credentials: 'omit', cache: 'no-store' });
  if (!page.ok) throw new Error(`the page is not to be had: ${page.status}`);
  await (await caches.open(PAGES)).put(PAGE, page);
}

cleanupOutdatedCaches();
precacheAndRoute(self.__WB_MANIFEST);
preloadPages();

const network = new NetworkOnly();

registerRoute(
  new NavigationRoute(
    async ({ event, request }) => {
      const kept = () => caches.match(PAGE, { cacheName: PAGES });
      try {
        const page = await network.handle({ event: event as ExtendableEvent, request });
        return AWAY.includes(page.status) ? ((await kept()) ?? page) : page;
      } catch (error) {
        const page = await kept();
        if (page) return page;
        throw error;
      }
    },
    { allowlist: [/^\/$/, /^\/login/, /^\/dashboard/] },
  ),
);
