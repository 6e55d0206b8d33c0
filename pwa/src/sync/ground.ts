import { bboxOf, inner } from '../domain/geo';
import { ADDRESS, GROUND, LEAST_ZOOM, MOST_ZOOM, tilePath, tilesAt, tilesOf } from '../domain/tiles';
import type { TerreinDb } from '../store/db';
import { GROUND_KEPT } from '../worker/names';

/** Half as wide again as the terrain: the map shows what lies around it too. */
const AROUND = 1.5;
/** A harbour of ten kilometres goes less deep rather than fill the phone. */
const MOST_TILES = 400;
const MOST_BYTES = 25_000_000;
/** At a time, so that the map on screen and what is sent go first. */
const AT_ONCE = 2;
const FRESH_MS = 86_400_000;

/** Which ground the device has, as the setting `ground` says it. */
export interface Kept {
  terrainId: string;
  /** Epoch milliseconds at which all of it was last brought. */
  at: number;
  /** It came to the most a phone is asked to hold: what is missing stays away. */
  full: boolean;
}

/**
 * Keeps the ground of one terrain on the device, down to the street, in place of that of the terrain before it.
 * Throws when the network goes or the person does: the next time goes on where this one was.
 */
export async function keepGround(db: TerreinDb, terrainId: string, signal: AbortSignal): Promise<void> {
  // Without https there is no such store.
  if (!globalThis.caches) return;
  const terrain = await db.terrain.get(terrainId);
  const box = terrain && bboxOf(terrain.geometry);
  if (!box) return;
  const paths = [
    ...tilesOf(inner(box, AROUND), LEAST_ZOOM, MOST_ZOOM, MOST_TILES).map((tile) => pathOf(GROUND, tile)),
    ...tilesAt(box, MOST_ZOOM)
      .slice(0, MOST_TILES)
      .map((tile) => pathOf(ADDRESS, tile)),
  ];
  const kept = (await db.setting.get('ground'))?.value as Kept | undefined;
  const done = kept?.terrainId === terrainId;
  const stale = done && Date.now() - kept.at > FRESH_MS;
  const cache = await caches.open(GROUND_KEPT);
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const wanted = new Set(paths);
  await Promise.all([...there].filter((path) => !wanted.has(path)).map((path) => cache.delete(path)));
  const asked = stale ? paths : paths.filter((path) => !there.has(path));
  if (done && !stale && (kept.full || asked.length === 0)) return;
  const bytes = await bring(cache, asked, signal);
  signal.throwIfAborted();
  const value: Kept = { terrainId, at: Date.now(), full: bytes >= MOST_BYTES };
  await db.setting.put({ key: 'ground', value });
}

const pathOf = (layers: string, { z, x, y }: { z: number; x: number; y: number }): string =>
  tilePath(layers, `${z}/${x}/${y}`);

async function bring(cache: Cache, paths: string[], signal: AbortSignal): Promise<number> {
  let bytes = 0;
  const queue = [...paths];
  const one = async (): Promise<void> => {
    for (let path = queue.shift(); path && bytes < MOST_BYTES; path = queue.shift()) {
      // Fresh from the server, or unchanged by its word; past the worker, which would keep it a second time.
      const response = await fetch(path, { cache: 'no-cache', priority: 'low', signal });
      if (response.status !== 200 && response.status !== 204)
        throw new TypeError(`${path}: ${response.status}`);
      const body = await response.blob();
      bytes += body.size;
      // The person may have changed while it came.
      signal.throwIfAborted();
      await cache.put(path, new Response(response.status === 204 ? null : body, response));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return bytes;
}
