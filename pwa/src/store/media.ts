import { uuidv7 } from '../domain/id';
import { isSeeing, type TerreinDb } from './db';
import { MEDIA_SCHEMA, type MediaRow } from './unsent';

export * from './unsent';

export type Made = Pick<
  MediaRow,
  'kind' | 'terrainId' | 'issueId' | 'draft' | 'type' | 'widthPx' | 'heightPx' | 'durationMs' | 'thumb'
>;

/** Keeps what was made; nothing waits for the network. Rejects when the device has no room. */
export async function keepMedia(db: TerreinDb, made: Made, bytes: Blob, id = uuidv7()): Promise<MediaRow> {
  if (isSeeing(db)) throw new Error('nothing is made while looking with the eyes of another role');
  const row: MediaRow = {
    id,
    schema: MEDIA_SCHEMA,
    bytes: bytes.size,
    alt: null,
    looked: false,
    takenAt: new Date().toISOString(),
    upload: null,
    sent: 0,
    attempts: 0,
    parked: null,
    arrivedAt: null,
    ...made,
  };
  await db.transaction('rw', [db.media, db.mediaBytes], async () => {
    await db.mediaBytes.put({ id: row.id, blob: bytes });
    await db.media.put(row);
  });
  return row;
}

/** Other bytes for the same thing: made unrecognisable, or smaller. False when part of it was sent already. */
export async function replaceBytes(
  db: TerreinDb,
  id: string,
  bytes: Blob,
  change: Partial<Pick<MediaRow, 'widthPx' | 'heightPx' | 'durationMs' | 'thumb'>>,
): Promise<boolean> {
  return db.transaction('rw', [db.media, db.mediaBytes], async () => {
    const row = await db.media.get(id);
    if (!row || row.upload) return false;
    await db.mediaBytes.put({ id, blob: bytes });
    await db.media.put({ ...row, ...change, bytes: bytes.size });
    return true;
  });
}

/** It is whole, and goes on its way. */
export const nowWork = async (db: TerreinDb, id: string): Promise<void> => {
  await db.media.update(id, { draft: false });
};

/** Others may see it as it is now. */
export const lookedAt = async (db: TerreinDb, id: string): Promise<void> => {
  await db.media.update(id, { looked: true });
};

export const describeMedia = async (db: TerreinDb, id: string, alt: string | null): Promise<void> => {
  await db.media.update(id, { alt });
};

/** What this device has of an issue, in the order it was made. */
export const mediaOf = (db: TerreinDb, issueId: string): Promise<MediaRow[]> =>
  db.media.where({ issueId }).sortBy('takenAt');

export const bytesOf = async (db: TerreinDb, id: string): Promise<Blob | null> =>
  (await db.mediaBytes.get(id))?.blob ?? null;

/**
 * What was made with a draft is work from now on, of this issue. Before its pin is laid in the outbox: a phone that
 * stops in between has the draft left, with its photos.
 */
export async function attachMedia(db: TerreinDb, draftIssueId: string, issueId: string): Promise<number> {
  return db.media.where({ issueId: draftIssueId }).modify((row) => {
    row.issueId = issueId;
    row.draft = false;
  });
}

export async function parkMedia(db: TerreinDb, id: string, code: string): Promise<void> {
  await db.media.update(id, { parked: { code, field: null, at: new Date().toISOString() } });
}

/** Tries once more, from what the server says that it holds. */
export async function retryMedia(db: TerreinDb, id: string): Promise<void> {
  await db.media.update(id, { parked: null, attempts: 0 });
}

/**
 * Makes room: photos that wait become smaller, largest first; how many bytes that gave. What was sent in part stays
 * as it is.
 */
export async function shrinkWaiting(
  db: TerreinDb,
  smaller: (bytes: Blob) => Promise<{ bytes: Blob; widthPx: number; heightPx: number } | null>,
): Promise<number> {
  const rows = (await db.media.toArray())
    .filter((row) => row.kind === 'photo' && !row.upload && row.arrivedAt === null)
    .sort((a, b) => b.bytes - a.bytes);
  let freed = 0;
  for (const row of rows) {
    const now = await bytesOf(db, row.id);
    const made = now && (await smaller(now));
    if (!made || made.bytes.size >= row.bytes) continue;
    const { bytes, widthPx, heightPx } = made;
    if (await replaceBytes(db, row.id, bytes, { widthPx, heightPx })) freed += row.bytes - bytes.size;
  }
  return freed;
}
