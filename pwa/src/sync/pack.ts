import { ApiError } from '../api/client';
import { knownIds } from '../api/document-ids';
import { nameOf } from '../api/graphql';
import { peopleQuery } from '../api/operations/people';
import { fetchPart } from '../api/part';
import { personOf, type Pack, type TerreinDb } from '../store/db';
import { files, folderOf } from '../store/files';
import { bake, DRAWN } from '../store/pack/client';
import { dropMedia } from '../store/unsent';
import { dropUnmet, lay, pullTerrain, type Node } from './pull';
import { forgetTiles } from './forget-tiles';

/** What the server says of a pack before it is taken. */
interface Manifest {
  format: number;
  terrain: string;
  name: string;
  bbox: Pack['bbox'];
  cursor: string;
  parts: { name: string; address: string; bytes: number; version?: string }[];
}

interface Feature {
  geometry: unknown;
  /** The name of the shape in the question, when it is another. */
  geometryAs?: string;
  properties: Record<string, unknown> & { id: string };
}

/** Files that stay as they came; rows go into the copy of the graph. */
export const BACKGROUND = 'background.pmtiles';
export const EDGE = 'edge.geojson';
const ROWS = 'rows.geojson';
const PEOPLE = 'people.json';
/** Rows that are laid down in one go. */
const AT_ONCE = 1000;
/** What lies around, and the ground, are looked at again after this; rows come by the feed. */
const FRESH_MS = 86_400_000;

const manifestOf = async (terrainId: string, signal: AbortSignal): Promise<Manifest> =>
  (await fetchPart(`/packs/${bare(terrainId)}`, null, signal)).json() as Promise<Manifest>;

const bare = (id: string): string => id.slice(id.indexOf(':') + 1);

/** The parts that are to be brought: no rows when the feed brought them already, and people only to who is somebody. */
const wantedOf = (db: TerreinDb, { parts }: Manifest, rowsKnown: boolean): Manifest['parts'] =>
  parts.filter(
    ({ name }) => (name !== ROWS || !rowsKnown) && (name !== PEOPLE || personOf(db.name) !== null),
  );

/** Bytes on the device of a byte on the way: text is packed on the way, and rows stand in a table and in a tile. */
const UNPACKED = 12;
/** Stays free for what people make. */
const SPARE = 20_000_000;

/** It would not fit, which is known before it is brought. */
export class NoRoom extends Error {
  constructor(
    readonly needed: number,
    readonly free: number,
  ) {
    super(`${needed} bytes needed, ${free} free`);
  }
}

async function makeSure(parts: Manifest['parts']): Promise<void> {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  // A browser that does not say is asked by trying.
  if (quota === undefined || usage === undefined) return;
  const needed = parts.reduce(
    (sum, { name, bytes }) => sum + bytes * (name === BACKGROUND ? 1 : UNPACKED),
    SPARE,
  );
  const free = Math.max(0, quota - usage);
  if (needed > free) throw new NoRoom(needed, free);
}

const hasRows = async (db: TerreinDb, terrainId: string): Promise<boolean> =>
  Boolean((await db.feed.get(terrainId))?.completeAt);

/** How many bytes are brought: without the rows when the feed brought them already. */
export async function sizeOf(db: TerreinDb, terrainId: string, signal: AbortSignal): Promise<number> {
  const manifest = await manifestOf(terrainId, signal);
  return wantedOf(db, manifest, await hasRows(db, terrainId)).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Takes a terrain along, or brings what was taken up to date. `tell` hears how far it is, from 0 to 1.
 *
 * @throws ApiError as the server answers; what is whole by then stays and is not brought again. NoRoom when it would
 * not fit.
 */
export async function takeAlong(
  db: TerreinDb,
  terrainId: string,
  signal: AbortSignal,
  tell: (done: number) => void = () => undefined,
): Promise<void> {
  const manifest = await manifestOf(terrainId, signal);
  const before = await db.pack.get(terrainId);
  const rowsKnown = await hasRows(db, terrainId);
  const known: Record<string, string> = { ...before?.files };
  const wanted = wantedOf(db, manifest, rowsKnown);
  if (!before) await makeSure(wanted);
  const whole = Math.max(
    1,
    wanted.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  let passed = 0;
  for (const { name, address, bytes } of wanted) {
    let came = 0;
    const hear = (more: number): void => {
      came += more;
      tell(Math.min(1, (passed + Math.min(came, bytes)) / whole));
    };
    if (name === ROWS) await bringRows(db, manifest, address, signal, hear);
    else if (name === PEOPLE) await bringPeople(db, terrainId, address, signal);
    else {
      const path = `${folderOf(db.name, terrainId)}/${name}`;
      const there = known[name] && (await files.read(path)) ? known[name] : null;
      const answer = await fetchPart(address, there, signal);
      if (answer.status !== 304) {
        await files.write(path, answer, hear);
        known[name] = answer.headers.get('etag')?.replaceAll('"', '') ?? '';
      }
    }
    signal.throwIfAborted();
    passed += bytes;
    tell(passed / whole);
  }
  const now = Date.now();
  await db.pack.put({
    terrainId,
    name: manifest.name,
    bbox: manifest.bbox,
    takenAt: before?.takenAt ?? now,
    freshAt: now,
    bytes: before?.bytes ?? 0,
    drawnAt: before?.drawnAt ?? null,
    files: known,
    lost: false,
  });
  await pullTerrain(db, terrainId);
  await keepDrawn(db, terrainId);
}

/** The tiles of its rows drawn, so that nothing is to be drawn when it is opened; and how large it is by now. */
async function keepDrawn(db: TerreinDb, terrainId: string): Promise<void> {
  const mapAt = (await db.feed.get(terrainId))?.mapAt ?? null;
  await bake(db.name, terrainId);
  let bytes = 0;
  for (const name of [BACKGROUND, EDGE, DRAWN])
    bytes += (await files.read(`${folderOf(db.name, terrainId)}/${name}`))?.size ?? 0;
  await db.pack.update(terrainId, { bytes, drawnAt: mapAt });
}

/** Who is what here, where the screen of people looks for it. */
async function bringPeople(
  db: TerreinDb,
  terrainId: string,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  const question = knownIds[nameOf(peopleQuery)];
  const answer = await fetchPart(
    `${address}${question ? `?people=${encodeURIComponent(question)}` : ''}`,
    null,
    signal,
  );
  const { people, more } = (await answer.json()) as { people: unknown[]; more: boolean };
  await db.setting.put({
    key: `seen.people.${terrainId}`,
    value: { at: Date.now(), value: { rows: people, more } },
  });
}

/** The rows as the feed has them, all at once; from the pack's place on, the feed goes on. */
async function bringRows(
  db: TerreinDb,
  { terrain, cursor }: Manifest,
  address: string,
  signal: AbortSignal,
  hear: (bytes: number) => void,
): Promise<void> {
  const question = knownIds['Changes'];
  const answer = await fetchPart(
    `${address}${question ? `?rows=${encodeURIComponent(question)}` : ''}`,
    null,
    signal,
  );
  const text = await answer.text();
  hear(text.length);
  const { features } = JSON.parse(text) as { features: Feature[] };
  const sweep = ((await db.feed.get(terrain))?.sweep ?? 0) + 1;
  const items = features.map(({ geometry, geometryAs, properties }) => {
    const shape = geometry ? { [geometryAs ?? 'geometry']: geometry } : {};
    return { id: properties.id, node: { ...properties, ...shape } as unknown as Node };
  });
  const state = {
    terrainId: terrain,
    cursor,
    sweep,
    sweeping: false,
    completeAt: Date.now(),
    mapAt: Date.now(),
  };
  await db.transaction('rw', [db.terrain, db.feed, db.detail, db.fileCopy, ...db.feedTables], async () => {
    for (let at = 0; at < items.length; at += AT_ONCE)
      await lay(db, terrain, sweep, items.slice(at, at + AT_ONCE));
    await dropUnmet(db, state);
    await db.feed.put(state);
  });
}

/** Takes a terrain off the device: its files, and its rows unless it is the one in use. */
export async function removePack(db: TerreinDb, terrainId: string, keepRows: boolean): Promise<void> {
  await db.pack.delete(terrainId);
  await files.remove(folderOf(db.name, terrainId));
  await db.setting.delete(`seen.people.${terrainId}`);
  if (!keepRows) await forgetRows(db, terrainId);
}

async function forgetRows(db: TerreinDb, terrainId: string): Promise<void> {
  await db.transaction('rw', [db.feed, db.detail, db.fileCopy, ...db.feedTables], async () => {
    const issues = await db.issue.where({ terrainId }).primaryKeys();
    await db.detail.bulkDelete(issues);
    for (const table of [db.photo, db.voiceNote])
      await db.fileCopy.bulkDelete(await table.where({ terrainId }).primaryKeys());
    for (const table of db.feedTables) await table.where({ terrainId }).delete();
    await db.feed.delete(terrainId);
  });
}

/**
 * After each round of the sync: what was taken along is brought up to date, and what is no longer allowed goes,
 * with its rows. `open` was read in this round already.
 */
export async function keepPacks(db: TerreinDb, open: string | null, signal: AbortSignal): Promise<void> {
  for (const pack of await db.pack.toArray()) {
    signal.throwIfAborted();
    const { terrainId } = pack;
    try {
      if (!(await db.terrain.get(terrainId))) throw new ApiError('NOT_FOUND', 'not in the list any more');
      const resynced = terrainId !== open && (await pullTerrain(db, terrainId));
      const there = await files.read(`${folderOf(db.name, terrainId)}/${BACKGROUND}`);
      if (!there && !pack.lost) await db.pack.update(terrainId, { lost: true });
      if (there && (resynced || Date.now() - pack.freshAt > FRESH_MS)) await takeAlong(db, terrainId, signal);
      else if (there && pack.drawnAt !== (await db.feed.get(terrainId))?.mapAt)
        await keepDrawn(db, terrainId);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'NOT_FOUND') throw error;
      await removePack(db, terrainId, false);
      await db.terrain.delete(terrainId);
    }
  }
}

/**
 * Takes everything a person had here off the device but what they made and did not send yet: that stays sealed in
 * their copy. For a session that was ended, and for whoever comes after.
 */
async function wipe(db: TerreinDb): Promise<void> {
  await files.remove(folderOf(db.name));
  await forgetTiles();
  // Of photos and dictated notes what the server has goes; what waits for it stays with its pin.
  await dropMedia(db, await db.media.filter(({ arrivedAt }) => arrivedAt !== null).primaryKeys());
  const tables = [
    ...[db.terrain, db.feed, db.detail, db.fileCopy, db.pack, db.walk, db.walkPoint],
    ...db.feedTables,
  ];
  await db.transaction('rw', [db.setting, ...tables], async () => {
    for (const table of tables) await table.clear();
    // What screens kept of the last time: people, invitations, the log.
    await db.setting.where('key').startsWith('seen.').delete();
  });
}

/** Somebody else's copy is opened: of a person's own nothing is left that they did not make, of a visitor's the tiles go. */
export async function leaveBehind(db: TerreinDb, next: string): Promise<void> {
  if (personOf(db.name) && db.name !== next) await wipe(db);
  else await forgetTiles();
}

/** The session is over. When it was ended on another device, this one may be lost: true when it was wiped for that. */
export async function shutOut(db: TerreinDb, sync: { open: (terrainId: null) => void }): Promise<boolean> {
  if (!(await wasRevoked())) return false;
  sync.open(null);
  await wipe(db);
  return true;
}

/** Whether the server ended this device's session, rather than its time. */
async function wasRevoked(): Promise<boolean> {
  try {
    // Of no terrain in particular: who asks comes first.
    await fetchPart('/packs/00000000-0000-7000-8000-000000000000', null, AbortSignal.timeout(10_000));
  } catch (error) {
    return error instanceof ApiError && error.code === 'REVOKED';
  }
  return false;
}
