import { forgetTiles } from '../../sync/forget-tiles';
import type { TerreinDb } from '../../store/db';
import { bytesOf, keepMedia, replaceBytes, shrinkWaiting, type MediaRow } from '../../store/media';
import { isFull } from '../../store/outbox';
import type { PhotoArea } from '../../domain/media';
import { drawn } from './draw';
import { LONGEST_SHORT_PX, longestNow, type Picture } from './picture';

/** What became of a photo: kept, perhaps smaller for want of room; or why not. */
export type Kept =
  { kind: 'kept'; row: MediaRow; smaller: boolean } | { kind: 'full' } | { kind: 'unreadable' };

/** Keeps a photo on the device as it will be sent; what the camera made is not kept. Makes room where there is none. */
export async function keepPhoto(
  db: TerreinDb,
  file: Blob,
  of: { terrainId: string; issueId: string; draft: boolean },
): Promise<Kept> {
  const { longest, short } = await longestNow();
  let picture: Picture;
  try {
    picture = await drawn(file, longest);
  } catch {
    return { kind: 'unreadable' };
  }
  const keep = async (smaller: boolean): Promise<Kept> => {
    const { bytes, thumb, widthPx, heightPx } = picture;
    const row = await keepMedia(
      db,
      { kind: 'photo', type: bytes.type, widthPx, heightPx, durationMs: null, thumb, ...of },
      bytes,
    );
    return { kind: 'kept', row, smaller };
  };
  try {
    return await keep(short);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
  // Photos shrink first, then what can be fetched again goes; text is never touched.
  picture = await drawn(picture.bytes, LONGEST_SHORT_PX);
  await shrinkWaiting(db, (bytes) => drawn(bytes, LONGEST_SHORT_PX)).catch(() => 0);
  for (const last of [false, true]) {
    if (last) await forgetTiles();
    try {
      return await keep(true);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
  return { kind: 'full' };
}

/** Paints areas over in the bytes themselves, before they leave the phone. False when they are leaving already. */
export async function coverParts(
  db: TerreinDb,
  row: MediaRow,
  areas: readonly PhotoArea[],
): Promise<boolean> {
  const bytes = await bytesOf(db, row.id);
  if (!bytes) return false;
  const { bytes: covered, thumb, widthPx, heightPx } = await drawn(bytes, Infinity, areas);
  return replaceBytes(db, row.id, covered, { thumb, widthPx, heightPx });
}
