/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { StaleWhileRevalidate } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

// The shell: every file of this build, so that the app opens without a network.
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    // Only our own screens: sign-in links, answers from mail and downloads are pages of the server.
    allowlist: [/^\/$/, /^\/(terrein|terreinen|wachtrij|meer|inloggen)(\/|$)/],
  }),
);

// Tiles show at once from the device and are refreshed behind it.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/tiles/'),
  new StaleWhileRevalidate({
    cacheName: 'tiles',
    plugins: [new ExpirationPlugin({ maxEntries: 600, maxAgeSeconds: 30 * 86_400, purgeOnQuotaError: true })],
  }),
);

// Whoever signs in or out gets tiles of their own rights: the old ones go.
self.addEventListener('message', (event) => {
  if (event.data === 'forget-tiles') event.waitUntil(caches.delete('tiles'));
});

void self.skipWaiting();
clientsClaim();
