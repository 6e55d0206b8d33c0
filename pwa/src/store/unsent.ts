import type { MediaKind } from '../domain/media';
import type { TerreinDb } from './db';
import type { Parked } from './outbox';

// What the first screen needs of photos and dictated notes; how they are made and kept is in media.ts.

/** Of the rows below, as in the outbox: a row of another version is kept and left alone. */
export const MEDIA_SCHEMA = 1;

/**
 * A photo or a dictated note that was made on this device. Its bytes stand by themselves (`mediaBytes`), so that what
 * is said of it can change without writing them again.
 */
export interface MediaRow {
  /** The uuid it has on the server too, minted here. */
  id: string;
  schema: number;
  kind: MediaKind;
  terrainId: string;
  issueId: string;
  /** The pin it belongs to is still being made: it is nobody's work yet, and goes with the draft. */
  draft: boolean;
  type: string;
  bytes: number;
  widthPx: number | null;
  heightPx: number | null;
  durationMs: number | null;
  alt: string | null;
  /** Its maker saw it and said that others than the team may: the server is told so once it is there. */
  looked: boolean;
  /** What the device said, RFC 3339. */
  takenAt: string;
  /** Small enough for a list; of photos. */
  thumb: Blob | null;
  /** Its address among the uploads, once the server knows of it. */
  upload: string | null;
  /** How many bytes the server has said it holds. */
  sent: number;
  attempts: number;
  parked: Parked | null;
  /** The server has all of it; kept until its own copy can be shown. Epoch milliseconds. */
  arrivedAt: number | null;
}

/** All that was made and is not at the server yet, whether it waits or was refused. */
export const unsentMedia = (db: TerreinDb): Promise<MediaRow[]> =>
  db.media.filter((row) => !row.draft && row.arrivedAt === null).sortBy('takenAt');

export async function dropMedia(db: TerreinDb, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.transaction('rw', [db.media, db.mediaBytes], async () => {
    await db.media.bulkDelete(ids);
    await db.mediaBytes.bulkDelete(ids);
  });
}

/** Whatever this device has of an issue that is itself taken back. */
export async function dropMediaOf(db: TerreinDb, issueId: string): Promise<void> {
  await dropMedia(db, await db.media.where({ issueId }).primaryKeys());
}

/** Of a draft alone: what was laid with a pin stays. */
export async function dropDraftMedia(db: TerreinDb, issueId: string): Promise<void> {
  const rows = await db.media.where({ issueId }).toArray();
  await dropMedia(
    db,
    rows.filter(({ draft }) => draft).map(({ id }) => id),
  );
}
