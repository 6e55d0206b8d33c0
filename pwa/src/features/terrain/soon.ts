import type { Route } from '../../router.svelte';
import type { TerreinDb } from '../../store/db';
import { mapParts } from './parts';

/**
 * Has the map of the terrain that is opened at hand while its copy opens: its code, and its tiles when it was taken
 * along. For an app that is on this device already; over the air what is shown first comes first.
 */
export async function haveAtHand(route: Route, db: TerreinDb, last: string | null): Promise<void> {
  const opened = route.screen === 'home' ? last : route.screen === 'terrain' ? route.terrainId : null;
  // Whoever opens on the list may never look at the map.
  if (!opened || (route.screen === 'terrain' && route.panel.name === 'list')) return;
  const taken = db.pack.get(opened).then(async (pack) => {
    if (pack) (await import('../../store/pack/client')).openSoon(db.name, opened);
  });
  await Promise.all([mapParts(), taken]);
}
