import { belongs, gpxOf, type RoutePoint } from '../../domain/route';
import type { TerreinDb, Walk } from '../../store/db';
import { uuidv7 } from '../../domain/id';
import { fixOf } from '../terrain/locate';
import type { Fix } from '../terrain/model.svelte';

/** A round that nobody ended: nobody walks this long. */
const LONGEST_MS = 12 * 3600 * 1000;

/** The round under way on a terrain; null when there is none. One that was left running is ended. */
export async function walkOn(db: TerreinDb, terrainId: string): Promise<Walk | null> {
  const open = (await db.walk.where({ terrainId }).toArray()).filter(({ endedAt }) => endedAt === null);
  return open.find(({ startedAt }) => Date.now() - Date.parse(startedAt) < LONGEST_MS) ?? null;
}

export async function startWalk(db: TerreinDb, terrainId: string): Promise<void> {
  await db.transaction('rw', db.walk, async () => {
    await endWalks(db, terrainId);
    await db.walk.add({ id: uuidv7(), terrainId, startedAt: new Date().toISOString(), endedAt: null });
  });
}

export async function endWalks(db: TerreinDb, terrainId: string): Promise<void> {
  const endedAt = new Date().toISOString();
  await db.walk
    .where({ terrainId })
    .filter((walk) => walk.endedAt === null)
    .modify({ endedAt });
}

/** Every way gone on a terrain leaves the device; what was recorded on it stays. */
export async function wipeRoutes(db: TerreinDb, terrainId: string): Promise<void> {
  await db.transaction('rw', db.walk, db.walkPoint, async () => {
    const ids = (await db.walk.where({ terrainId }).primaryKeys()) as string[];
    await db.walkPoint.where('walkId').anyOf(ids).delete();
  });
}

/** Hands the ways gone on a terrain to whom the person chooses. Nothing of it goes to our server. */
export async function shareRoutes(db: TerreinDb, terrainId: string, name: string): Promise<void> {
  const walks = await db.walk.where({ terrainId }).sortBy('startedAt');
  const ways = await Promise.all(walks.map(({ id }) => db.walkPoint.where({ walkId: id }).toArray()));
  const file = new File([gpxOf(ways, name)], 'route.gpx', { type: 'application/gpx+xml' });
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file], title: name }).catch((error: unknown) => {
      // Thought better of it.
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
    });
    return;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Keeps a fix when it belongs on the route. */
export async function keepPoint(db: TerreinDb, walkId: string, next: RoutePoint): Promise<void> {
  await db.transaction('rw', db.walkPoint, async () => {
    const last = (await db.walkPoint.where({ walkId }).last()) ?? null;
    if (belongs(last, next)) await db.walkPoint.add({ walkId, ...next });
  });
}

/** Follows the device until it is stopped; without a place nothing is called. */
export function watchPlace(told: (fix: Fix) => void): () => void {
  if (!('geolocation' in navigator)) return () => undefined;
  const watch = navigator.geolocation.watchPosition(
    (position) => told(fixOf(position)),
    // Refused or out of sight of the sky: the list goes by street then.
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 1000 },
  );
  return () => navigator.geolocation.clearWatch(watch);
}
