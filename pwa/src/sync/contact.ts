import type { TerreinDb } from '../store/db';
import { status } from './status.svelte';

/** Without a word from the server for this long, what was taken along stays shut. */
const LOCK_MS = 14 * 86_400_000;
/** Written down again after this. */
const STEP_MS = 60_000;

/** The server said that this is still this person. */
export const met = (db: TerreinDb, at = Date.now()): Promise<unknown> =>
  db.setting.put({ key: 'contact', value: at });

/** Whether this person has not been heard of for too long. `known`: whose session it is was asked in this run. */
export async function isLost(db: TerreinDb, known: boolean): Promise<boolean> {
  const last = (await db.setting.get('contact').catch(() => undefined))?.value as number | undefined;
  // From before this was kept: it counts from now.
  if (last === undefined) await met(db);
  const lost = Date.now() - (last ?? Date.now()) > LOCK_MS;
  if (!lost && known && status.lastContact && status.lastContact > (last ?? 0) + STEP_MS)
    await met(db, status.lastContact);
  return lost;
}
