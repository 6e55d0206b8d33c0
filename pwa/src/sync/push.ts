import { ApiError } from '../api/client';
import { kindOf } from '../edits';
import type { Outcome } from '../edits/edit';
import { putAnswer } from '../store/base';
import type { TerreinDb } from '../store/db';
import { OUTBOX_SCHEMA, outboxRows, park, type OutboxRow } from '../store/outbox';

export type Send = (row: OutboxRow) => Promise<Outcome>;

const send: Send = (row) => {
  const kind = kindOf(row.edit.type);
  if (!kind) throw new TypeError(`unknown edit ${row.edit.type}`);
  return kind.send(row.edit.input, row);
};

export type Flushed =
  | { kind: 'empty'; sent: number }
  /** Nothing of ours answered, or not now: try again later. */
  | { kind: 'later'; sent: number }
  | { kind: 'sign-in-first'; sent: number };

/**
 * Sends what waits: per issue oldest first, and no issue waits for another.
 * The command id never changes between tries, so an answer that got lost is given again, not done again.
 */
export async function flush(db: TerreinDb, deliver: Send = send): Promise<Flushed> {
  await forgetOldReceipts(db);
  let sent = 0;
  const passed = new Set<number>();
  for (;;) {
    const row = nextToSend(await outboxRows(db), passed);
    if (!row) return { kind: 'empty', sent };
    passed.add(row.seq);
    try {
      await settle(db, row, await deliver(row));
      sent += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'UNAUTHENTICATED') return { kind: 'sign-in-first', sent };
      if (error.passing) {
        await db.outbox.update(row.seq, { attempts: row.attempts + 1 });
        return { kind: 'later', sent };
      }
      await park(db, row, error.reason ?? error.code, error.field);
    }
  }
}

/** An acknowledged command is remembered this long, for the report of the day. */
const REMEMBERED_MS = 30 * 86_400_000;

/** The oldest row that may go: not parked, not tried in this round, and not of a pin that was itself refused. */
export function nextToSend(rows: readonly OutboxRow[], passed: ReadonlySet<number>): OutboxRow | null {
  const held = new Set<string>();
  for (const row of rows) {
    if (row.parked) {
      if (row.edit.type === 'report-issue') held.add(row.subject);
      continue;
    }
    if (!held.has(row.subject) && !passed.has(row.seq)) return row;
    held.add(row.subject);
  }
  return null;
}

async function settle(db: TerreinDb, row: OutboxRow, outcome: Outcome): Promise<void> {
  await db.transaction('rw', [db.outbox, db.receipt, db.issue, db.comment, db.feed], async () => {
    switch (outcome.kind) {
      case 'done':
        await putAnswer(db, row.terrainId, outcome);
        await db.outbox.delete(row.seq);
        await db.receipt.put({
          commandId: row.commandId,
          type: row.edit.type,
          subject: row.subject,
          madeAt: row.by.at,
        });
        if (outcome.issue) await moveUp(db, row, outcome.issue.version);
        break;
      case 'changed-meanwhile':
        await putAnswer(db, row.terrainId, outcome);
        await park(db, row, 'CHANGED_MEANWHILE', null);
        break;
      case 'refused':
        await park(db, row, outcome.reason, null);
        break;
    }
  });
}

async function forgetOldReceipts(db: TerreinDb): Promise<void> {
  const until = new Date(Date.now() - REMEMBERED_MS).toISOString();
  await db.receipt.where('madeAt').below(until).delete();
}

/**
 * Our own edit raised the version, so what we did after it is based on the new one. A larger step means that
 * somebody else was there too: then the later edits keep their base and the server merges or asks.
 */
async function moveUp(db: TerreinDb, row: OutboxRow, version: number): Promise<void> {
  if (version !== row.version + 1) return;
  await db.outbox
    .where('subject')
    .equals(row.subject)
    .filter((later) => later.schema === OUTBOX_SCHEMA && later.version === row.version)
    .modify({ version });
}
