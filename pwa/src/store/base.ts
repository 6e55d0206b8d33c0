import type { Issue, IssueComment } from '../domain/issue';
import type { KeptRow } from '../edits/edit';
import type { Base } from './view';
import type { Table } from 'dexie';
import type { TerreinDb } from './db';

export async function readBase(db: TerreinDb, terrainId: string): Promise<Base> {
  const [issues, comments] = await Promise.all([
    db.issue.where({ terrainId }).toArray(),
    db.comment.where({ terrainId }).toArray(),
  ]);
  return { issues, comments };
}

/** Lays an answer of the server down, in the sweep its terrain is in, so that a resync under way keeps it. */
export async function putAnswer(
  db: TerreinDb,
  terrainId: string,
  answer: { issue?: Issue; comment?: IssueComment; rows?: KeptRow[]; gone?: string },
): Promise<void> {
  const sweep = (await db.feed.get(terrainId))?.sweep ?? 0;
  if (answer.issue) {
    const known = await db.issue.get(answer.issue.id);
    // A replayed command answers with its own version: never put an older row over a newer one.
    if (!known || known.version <= answer.issue.version) await db.issue.put({ ...answer.issue, sweep });
  }
  if (answer.comment) await db.comment.put({ ...answer.comment, sweep });
  for (const { table, row } of answer.rows ?? []) {
    const known = (await db.table(table).get(row.id)) as { version?: number } | undefined;
    if ((known?.version ?? 0) <= (row.version ?? 0)) await db.table(table).put({ ...row, sweep });
  }
  const { gone } = answer;
  if (!gone) return;
  const held = [db.issue, db.conversation, db.promise, db.observation, db.photo, db.voiceNote];
  await Promise.all((held as Table[]).map((table) => table.delete(gone)));
}
