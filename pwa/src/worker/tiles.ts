import type { WorkboxPlugin } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { registerRoute } from 'workbox-routing';
import { StaleWhileRevalidate } from 'workbox-strategies';
import { EYES, TILES } from './names';

/** Counts the times tiles were forgotten: what was asked for before is not kept after. */
let era = 0;

const sameEra: WorkboxPlugin = {
  requestWillFetch: ({ request, state }) => {
    if (state) state['era'] = era;
    return Promise.resolve(request);
  },
  // 204: nothing to draw there, which is worth knowing without a network too.
  cacheWillUpdate: ({ response, state }) =>
    Promise.resolve(state?.['era'] === era && [200, 204].includes(response.status) ? response : null),
};

/** Tiles show at once from the device and are refreshed behind it. Who asks for a fresh one passes by. */
export function serveTiles(): void {
  registerRoute(
    ({ url, sameOrigin, request }) =>
      sameOrigin &&
      url.pathname.startsWith('/tiles/') &&
      request.cache !== 'no-cache' &&
      // What another role is shown is neither kept nor answered from what this person was shown.
      !request.headers.has(EYES),
    new StaleWhileRevalidate({
      cacheName: TILES,
      plugins: [
        sameEra,
        new ExpirationPlugin({ maxEntries: 600, maxAgeSeconds: 30 * 86_400, purgeOnQuotaError: true }),
      ],
    }),
  );
}

export async function forgetTiles(): Promise<void> {
  era += 1;
  await caches.delete(TILES);
}
