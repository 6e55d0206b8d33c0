import { fileOf } from '../../api/files';
import type { Photo, VoiceNote } from '../../domain/media';
import type { TerreinDb } from '../../store/db';

/** A photo as lists show it: of this device, or of the server and then of this device. Null when it is neither. */
export function smallPhoto(db: TerreinDb, { id, version, address }: Photo): Promise<Blob | null> {
  return copy(db, id, version, () => fileOf(`${address}?w=320`, 'image'));
}

/** A photo to look at; the small one where there is no network. */
export async function largePhoto(
  db: TerreinDb,
  photo: Photo,
): Promise<{ blob: Blob; large: boolean } | null> {
  try {
    return { blob: await fileOf(`${photo.address}?w=1600`, 'image'), large: true };
  } catch {
    const blob = await smallPhoto(db, photo);
    return blob && { blob, large: false };
  }
}

/** Null before it is ready, after its sound was deleted, and without a network when it was never heard here. */
export async function soundOf(db: TerreinDb, { id, version, address }: VoiceNote): Promise<Blob | null> {
  return address ? copy(db, id, version, () => fileOf(address, 'audio'), true) : null;
}

/** `lasting`: the bytes never change, whatever is said of them. */
async function copy(
  db: TerreinDb,
  id: string,
  version: number,
  ask: () => Promise<Blob>,
  lasting = false,
): Promise<Blob | null> {
  const known = await db.fileCopy.get(id);
  if (known && (lasting || known.version === version)) return known.blob;
  try {
    const blob = await ask();
    // A device without room shows it all the same.
    await db.fileCopy.put({ id, version, blob }).catch(() => undefined);
    return blob;
  } catch {
    return known?.blob ?? null;
  }
}
