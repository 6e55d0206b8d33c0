import type { Edit } from '../edits';
import { kindOf } from '../edits';
import type { MadeBy } from '../edits/edit';
import { uuidv7 } from '../domain/id';
import type { Issue } from '../domain/issue';
import { TILES } from '../worker/names';
import { isSeeing, type TerreinDb } from './db';

/** Of the rows below. A row of another version passes through `upgrade` before it is used. */
export const OUTBOX_SCHEMA = 2;

export interface Parked {
  /** A code of the server, or `CHANGED_MEANWHILE`, `STATE_NOT_REACHABLE`, `ID_TAKEN`. */
  code: string;
  field: string | null;
  at: string;
  /** Of a conflict: the fields that both sides changed. Rows of before it was told have none. */
  fields?: readonly string[];
}

export interface OutboxRow {
  seq: number;
  schema: number;
  commandId: string;
  /** The issue this edit is about. */
  subject: string;
  terrainId: string;
  edit: Edit;
  by: MadeBy;
  /** The issue's version the edit was based on; 0 for an issue that only this device knows. */
  version: number;
  attempts: number;
  /** Set when the server refused: the row stays, with its reason, until the person decides. */
  parked: Parked | null;
}

/** As rows of schema 1 were written: the reason stood as bare text, without the time or the field. */
interface RowSchema1 extends Omit<OutboxRow, 'parked' | 'schema'> {
  schema: 1;
  reason: string | null;
}

/**
 * Brings a stored row to the present schema. Null: the row comes from a newer app;
 * it is kept as it is and left alone.
 */
export function upgrade(stored: OutboxRow | RowSchema1): OutboxRow | null {
  let row: OutboxRow;
  if (stored.schema === 1) {
    const { reason, ...rest } = stored as RowSchema1;
    row = {
      ...rest,
      schema: OUTBOX_SCHEMA,
      parked: reason ? { code: reason, field: null, at: rest.by.at } : null,
    };
  } else row = stored as OutboxRow;
  return row.schema === OUTBOX_SCHEMA && kindOf(row.edit.type) ? row : null;
}

/** All rows this version understands, oldest first. */
export async function outboxRows(db: TerreinDb): Promise<OutboxRow[]> {
  const stored = await db.outbox.orderBy('seq').toArray();
  return stored.map(upgrade).filter((row) => row !== null);
}

/**
 * The queue as screens read it. A report that was acknowledged leaves it a moment before what is read beside it has its
 * issue: until then the issue comes from here, so that nothing on screen goes and comes back, a camera that is open for
 * it least of all.
 */
export class Queue {
  #reported = new Set<string>();

  /** @param has what the screens have of the server's by now. */
  async read(
    db: TerreinDb,
    has: () => readonly { id: string }[],
  ): Promise<{ rows: OutboxRow[]; arrived: Issue[] }> {
    const rows = await outboxRows(db);
    const waiting = rows.flatMap(({ edit, subject }) => (edit.type === 'report-issue' ? [subject] : []));
    for (const id of waiting) this.#reported.delete(id);
    const left = [...this.#reported];
    const known = left.length > 0 ? new Set(has().map(({ id }) => id)) : null;
    const found = await db.issue.bulkGet(left.filter((id) => !known?.has(id)));
    const arrived = found.filter((issue) => issue !== undefined);
    this.#reported = new Set([...waiting, ...arrived.map(({ id }) => id)]);
    return { rows, arrived };
  }
}

/** Every row, understood or not, with photos and dictated notes: the number a person must hear before signing out. */
export const queuedCount = async (db: TerreinDb): Promise<number> =>
  (await db.outbox.count()) + (await db.media.filter((row) => !row.draft && row.arrivedAt === null).count());

export async function enqueue(
  db: TerreinDb,
  edit: Edit,
  about: { terrainId: string; version: number; by: MadeBy },
): Promise<OutboxRow> {
  // No screen offers it; this is the one way in, so here it ends.
  if (isSeeing(db)) throw new Error('nothing is made while looking with the eyes of another role');
  const kind = kindOf(edit.type);
  if (!kind) throw new TypeError(`unknown edit ${edit.type}`);
  const row: Omit<OutboxRow, 'seq'> = {
    schema: OUTBOX_SCHEMA,
    commandId: uuidv7(),
    subject: kind.subject(edit.input),
    // Svelte's state proxies cannot be cloned into the database; an edit is plain data.
    edit: JSON.parse(JSON.stringify(edit)) as Edit,
    attempts: 0,
    parked: null,
    ...about,
  };
  const add = (): Promise<number> => db.outbox.add(row as OutboxRow);
  const seq = await add().catch(async (error: unknown) => {
    if (!isFull(error)) throw error;
    await makeRoom(db);
    return add().catch((still: unknown) => {
      throw isFull(still) ? new DeviceFull() : still;
    });
  });
  return { ...row, seq };
}

/** The device has no room for what somebody made, also after all that comes again made way. */
export class DeviceFull extends Error {}

/** The device has no room left, as browsers say it. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error &&
  ([error.name, (error as { inner?: Error }).inner?.name].includes('QuotaExceededError') ||
    /quota/i.test(error.message));

/** Tiles, read details and copies of files come again; what somebody made does not. */
async function makeRoom(db: TerreinDb): Promise<void> {
  // Without https there is no such store.
  const tiles = globalThis.caches ? empty(TILES) : null;
  await Promise.all([tiles, db.detail.clear(), db.fileCopy.clear()]);
}

/** One by one: a store that is dropped whole keeps its room for as long as anything still holds it open. */
async function empty(name: string): Promise<void> {
  const cache = await caches.open(name);
  await Promise.all((await cache.keys()).map((tile) => cache.delete(tile)));
}

export async function park(
  db: TerreinDb,
  row: OutboxRow,
  code: string,
  { field = null, fields }: { field?: string | null; fields?: readonly string[] } = {},
): Promise<void> {
  const at = new Date().toISOString();
  await db.outbox.put({ ...row, parked: { code, field, at, ...(fields ? { fields } : {}) } });
}

/** Sends a refused edit once more: same command, so it cannot happen twice. */
export async function retry(db: TerreinDb, row: OutboxRow): Promise<void> {
  await db.outbox.put({ ...row, parked: null, attempts: 0 });
}

/** Sends it as a new command on top of what the issue is now, with what a person made of a conflict. */
export async function rebase(db: TerreinDb, row: OutboxRow, edit: Edit = row.edit): Promise<void> {
  const issue = await db.issue.get(row.subject);
  await db.outbox.put({
    ...row,
    edit: JSON.parse(JSON.stringify(edit)) as Edit,
    parked: null,
    attempts: 0,
    commandId: uuidv7(),
    version: issue?.version ?? row.version,
  });
}

/** Takes rows out of the queue. A talk that waits goes on without the pin that is dropped: no server will ever know that one. */
export async function discard(db: TerreinDb, seqs: number[]): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    const dropped = (await db.outbox.bulkGet(seqs)).flatMap((row) =>
      row?.edit.type === 'report-issue' ? [row.subject] : [],
    );
    await db.outbox.bulkDelete(seqs);
    if (dropped.length === 0) return;
    await db.outbox
      .filter(
        ({ edit }) =>
          edit.type === 'record-conversation' && edit.input.issueIds.some((id) => dropped.includes(id)),
      )
      .modify(({ edit }) => {
        if (edit.type !== 'record-conversation') return;
        edit.input.issueIds = edit.input.issueIds.filter((id) => !dropped.includes(id));
      });
  });
}
