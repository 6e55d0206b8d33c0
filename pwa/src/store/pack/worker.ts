import { fromGeojsonVt } from '@maplibre/vt-pbf';
import GeoJsonVt from 'geojson-vt';
import { FileSource, PMTiles } from 'pmtiles';
import { LEAST_ZOOM, MOST_ZOOM } from '../../domain/tiles';
import { files, folderOf } from '../files';
import { inBlocks } from './blocks';
import { DRAWN, type Asked } from './client';

/**
 * Draws tiles from what was taken along: the ground from the pack's file, and on it the rows of the copy, which the
 * feed keeps up to date. A worker, so that ten thousand shapes hold nobody's thumb up; drawn while there is reception
 * and kept as a file, so that a cold start reads only the tiles in sight.
 */
interface Feature {
  type: 'Feature';
  geometry: object;
  properties: Record<string, unknown>;
}
type Box = [number, number, number, number];
interface Pack {
  terrainId: string;
  freshAt: number;
  bbox: Box;
  files: Record<string, string>;
}
/** What tells one state of a pack from the next: of all of it, and of what is drawn of rows. */
interface Marked {
  pack: Pack;
  all: string;
  rows: string;
}
interface Opened {
  ground: PMTiles | null;
  /** The layer's tile, or those of the ground's own layers together. */
  tile: (layers: string[], z: number, x: number, y: number) => Promise<Uint8Array | null>;
}
/** Where in the file a tile stands: its first byte, how many are ground, how many are addresses. */
type Places = Record<string, [number, number, number]>;
type Row = Record<string, unknown> & { id: string; geometry?: object };

/** Rows may have changed since: looked at again after this. */
const LOOK_MS = 5000;
/** A harbour of tens of kilometres is drawn as it is looked at. */
const MOST_TILES = 4000;
/** Tiles drawn before whoever waits for another has a turn. */
const AT_ONCE = 40;
/** A tile has these together, or addresses alone: as the map asks for them. */
const OWN = ['terrain', 'plot', 'building', 'infrastructure'];
const ADDRESS = 'address';
/** Of these there are so many that some are too small to tell apart from afar. */
const SHAPES = new Set(['plot', 'building']);

/** The fields that tiles of the server have. */
const FIELDS: Record<string, (row: Row) => Record<string, unknown>> = {
  terrain: ({ id, name }) => ({ id, name }),
  plot: ({ id, key, areaM2 }) => ({ id, key, area_m2: areaM2 }),
  building: ({ id }) => ({ id }),
  infrastructure: ({ id, kind, name }) => ({ id, kind: String(kind).toLowerCase(), name }),
  address: ({ id, label }) => ({ id, label }),
};

let opened = new Map<string, Promise<Opened>>();
let packs: { database: string; at: number; read: Promise<Marked[]> } | null = null;

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the copy cannot be read'));
  });

async function within<T>(database: string, work: (db: IDBDatabase) => Promise<T>): Promise<T> {
  const db = await result(indexedDB.open(database));
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

function packsOf(database: string, now = false): Promise<Marked[]> {
  if (!now && packs?.database === database && Date.now() - packs.at < LOOK_MS) return packs.read;
  const read = within(database, async (db) => {
    if (!db.objectStoreNames.contains('pack')) return [];
    const transaction = db.transaction(['pack', 'feed']);
    const there = (await result(transaction.objectStore('pack').getAll())) as Pack[];
    return Promise.all(
      there.map(async (pack) => {
        const feed = transaction.objectStore('feed').get(pack.terrainId) as IDBRequest<{ mapAt?: number }>;
        const rows = `${pack.files['edge.geojson']} ${(await result(feed))?.mapAt ?? 0}`;
        return { pack, rows, all: `${database} ${pack.freshAt} ${rows}` };
      }),
    );
  });
  packs = { database, at: Date.now(), read };
  return read;
}

/** The rows of a terrain as layers that can be cut into tiles. */
async function layersOf(database: string, terrainId: string): Promise<Map<string, GeoJsonVt>> {
  const features = new Map<string, Feature[]>(Object.keys(FIELDS).map((layer) => [layer, []]));
  await within(database, async (db) => {
    for (const [layer, fields] of Object.entries(FIELDS)) {
      const store = db.transaction(layer).objectStore(layer);
      const rows = (
        layer === 'terrain'
          ? [await result(store.get(terrainId))]
          : await result(store.index('terrainId').getAll(terrainId))
      ) as (Row | undefined)[];
      for (const row of rows)
        if (row?.geometry)
          features.get(layer)?.push({ type: 'Feature', geometry: row.geometry, properties: fields(row) });
    }
  });
  const around = await files.read(`${folderOf(database, terrainId)}/edge.geojson`);
  if (around)
    for (const feature of (JSON.parse(await around.text()) as { features: Feature[] }).features)
      features.get(String(feature.properties['layer']))?.push(feature);
  const layers = new Map<string, GeoJsonVt>();
  for (const [layer, of] of features)
    if (of.length > 0)
      layers.set(
        layer,
        new GeoJsonVt(
          { type: 'FeatureCollection', features: of } as ConstructorParameters<typeof GeoJsonVt>[0],
          {
            maxZoom: MOST_ZOOM,
            indexMaxZoom: 4,
            extent: 4096,
            buffer: 64,
            tolerance: 2,
          },
        ),
      );
  return layers;
}

function encoded(
  of: Map<string, GeoJsonVt>,
  layers: string[],
  z: number,
  x: number,
  y: number,
): Uint8Array | null {
  const drawn: Record<string, unknown> = {};
  for (const layer of layers) {
    const tile = of.get(layer)?.getTile(z, x, y);
    if (!tile || tile.features.length === 0) continue;
    const alike = z < MOST_ZOOM && SHAPES.has(layer);
    drawn[layer] = alike ? { ...tile, features: inBlocks(tile.features) } : tile;
  }
  return Object.keys(drawn).length > 0
    ? fromGeojsonVt(drawn as Parameters<typeof fromGeojsonVt>[0], { version: 2, extent: 4096 })
    : null;
}

/**
 * Draws every tile of a pack into one file: what its rows are, where each tile stands, then the tiles. True when it
 * was not drawn so already.
 */
async function bake(database: string, terrainId: string): Promise<boolean> {
  const found = (await packsOf(database, true)).find(({ pack }) => pack.terrainId === terrainId);
  if (!found) return false;
  const path = `${folderOf(database, terrainId)}/${DRAWN}`;
  if ((await placesOf(await files.read(path)))?.rows === found.rows) return false;
  const squares = tilesOf(found.pack.bbox);
  if (squares.length > MOST_TILES) return false;
  const layers = await layersOf(database, terrainId);
  const places: Places = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [turn, [z, x, y]] of squares.entries()) {
    const own = encoded(layers, OWN, z, x, y);
    const address = z === MOST_ZOOM ? encoded(layers, [ADDRESS], z, x, y) : null;
    places[`${z}/${x}/${y}`] = [at, own?.length ?? 0, address?.length ?? 0];
    for (const part of [own, address])
      if (part) {
        parts.push(part);
        at += part.length;
      }
    if (turn % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const head = new TextEncoder().encode(JSON.stringify({ rows: found.rows, places }));
  const length = new Uint32Array([head.length]);
  const body = new Response(new Blob([length, head, ...(parts as Uint8Array<ArrayBuffer>[])]));
  await files.write(path, body, () => undefined);
  packs = null;
  opened.clear();
  return true;
}

async function placesOf(file: Blob | null): Promise<{ rows: string; places: Places; begins: number } | null> {
  if (!file) return null;
  const [length = 0] = new Uint32Array(await file.slice(0, 4).arrayBuffer());
  const begins = 4 + length;
  const head = JSON.parse(await file.slice(4, begins).text()) as { rows: string; places: Places };
  return { ...head, begins };
}

async function open(database: string, { pack: { terrainId }, rows }: Marked): Promise<Opened> {
  const folder = folderOf(database, terrainId);
  const [ground, drawn] = await Promise.all([
    files.read(`${folder}/background.pmtiles`),
    files.read(`${folder}/${DRAWN}`),
  ]);
  const kept = await placesOf(drawn).catch(() => null);
  let tile: Opened['tile'];
  if (drawn && kept?.rows === rows) {
    const { places, begins } = kept;
    tile = async (layers, z, x, y) => {
      const [at, own, address] = places[`${z}/${x}/${y}`] ?? [0, 0, 0];
      const [from, size] = layers.includes(ADDRESS) ? [at + own, address] : [at, own];
      if (size === 0) return null;
      return new Uint8Array(await drawn.slice(begins + from, begins + from + size).arrayBuffer());
    };
  } else {
    // A row changed since the tiles were drawn: what is drawn is what the copy holds now.
    const layers = await layersOf(database, terrainId);
    tile = (names, z, x, y) => Promise.resolve(encoded(layers, names, z, x, y));
  }
  // Read where it lies, slice by slice.
  return { ground: ground && new PMTiles(new FileSource(ground as File)), tile };
}

function openedOf(database: string, marked: Marked): Promise<Opened> {
  const { terrainId } = marked.pack;
  const key = `${terrainId} ${marked.all}`;
  const there = opened.get(key);
  if (there) return there;
  const pending = open(database, marked);
  opened = new Map([...opened].filter(([other]) => !other.startsWith(`${terrainId} `)));
  opened.set(key, pending);
  return pending;
}

async function draw(
  database: string,
  { layers, z, x, y }: NonNullable<Asked['tile']>,
): Promise<ArrayBuffer | null> {
  const there = (await packsOf(database)).filter(({ pack: { bbox } }) => touches(bbox, z, x, y));
  if (there.length === 0) return null;
  const parts: Uint8Array[] = [];
  for (const marked of there) {
    const { ground, tile } = await openedOf(database, marked);
    if (layers.includes('backdrop') && ground) {
      const below = await ground.getZxy(z, x, y);
      // Two parks in one tile stand on the same ground.
      if (below && parts.length === 0) parts.push(new Uint8Array(below.data));
    }
    const own = await tile(layers, z, x, y);
    if (own) parts.push(own);
  }
  // Layers in a vector tile stand one after the other: tiles laid end to end are one tile.
  return new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer();
}

const column = (lon: number, across: number): number => ((lon + 180) / 360) * across;
const row = (lat: number, across: number): number =>
  ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * across;

function touches([west, south, east, north]: Box, z: number, x: number, y: number): boolean {
  const across = 2 ** z;
  return (
    column(west, across) < x + 1 &&
    column(east, across) > x &&
    row(north, across) < y + 1 &&
    row(south, across) > y
  );
}

/** Every tile that a box touches, as zoom, column, row. */
function tilesOf([west, south, east, north]: Box): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let z = LEAST_ZOOM; z <= MOST_ZOOM; z += 1) {
    const across = 2 ** z;
    for (let x = Math.floor(column(west, across)); x < column(east, across); x += 1)
      for (let y = Math.floor(row(north, across)); y < row(south, across); y += 1) found.push([z, x, y]);
  }
  return found;
}

async function answer({ number, database, tile, bake: terrainId, open: soon }: Asked): Promise<void> {
  const marked = soon ? (await packsOf(database)).find(({ pack }) => pack.terrainId === soon) : undefined;
  if (marked) void openedOf(database, marked).catch(() => undefined);
  const drawn = tile ? await draw(database, tile).catch(() => null) : null;
  const baked = terrainId ? await bake(database, terrainId).catch(() => false) : false;
  postMessage({ number, tile: drawn, baked }, { transfer: drawn ? [drawn] : [] });
}

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  void answer(data);
});
