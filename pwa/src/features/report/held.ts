import type { Table } from 'dexie';
import type { VariablesOf } from 'gql.tada';
import { execute } from '../../api/client';
import { heldQuery } from '../../api/operations/report';
import type { TerreinDb } from '../../store/db';

type Names = VariablesOf<typeof heldQuery>;
const AT_ONCE = 20;

/**
 * Which of these things the server holds, by its own word.
 *
 * @throws ApiError when it did not answer.
 */
export async function heldByServer(ids: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const names = Object.fromEntries(
      // Each place is filled: the last page asks for its first thing more than once.
      Array.from({ length: AT_ONCE }, (_, index) => [`a${index + 1}`, some[index] ?? some[0]]),
    ) as Names;
    for (const node of Object.values(await execute(heldQuery, names))) if (node) held.add(node.id);
  }
  return held;
}

/** Which of these things stand in this device's copy of what the server holds. */
export async function heldInCopy(db: TerreinDb, ids: readonly string[]): Promise<Set<string>> {
  const tables = [db.issue, db.conversation, db.promise, db.observation, db.photo, db.voiceNote];
  const found = await Promise.all(
    (tables as Table<unknown, string>[]).map((table) =>
      table
        .where('id')
        .anyOf([...ids])
        .primaryKeys(),
    ),
  );
  return new Set(found.flat());
}
