/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';
import { FORGET } from './names';
import { SCREENS } from './screens';
import { forgetTiles, serveTiles } from './tiles';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

// The shell: every file of this build, so that the app opens without a network.
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    allowlist: [...SCREENS],
  }),
);

serveTiles();
// Its name carries a hash of what is in it: once here, it stays right.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /^\/assets\/[^/]+\.woff2$/.test(url.pathname),
  new CacheFirst({ cacheName: 'fonts', plugins: [new ExpirationPlugin({ maxEntries: 6 })] }),
);
// Whoever signs in or out gets tiles of their own rights: the old ones go.
self.addEventListener('message', (event) => {
  if (event.data !== FORGET) return;
  event.waitUntil(forgetTiles().then(() => event.ports[0]?.postMessage(FORGET)));
});

void self.skipWaiting();
clientsClaim();
