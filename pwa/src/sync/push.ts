import { ApiError } from '../api/client';
import { changedBy, kindOf } from '../edits';
import type { Outcome } from '../edits/edit';
import { putAnswer } from '../store/base';
import type { TerreinDb } from '../store/db';
import { dropMediaOf } from '../store/unsent';
import { outboxRows, park, upgrade, type OutboxRow } from '../store/outbox';

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

/** Subjects sent side by side: a browser gives one server six connections, and the feed and tiles need theirs. */
const AT_ONCE = 4;
/** With more answers to come than this, they are laid down together: each time, every screen reads its rows again. */
const FEW = 8;
const TOGETHER_MS = 1000;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));

/**
 * Sends what waits: per subject oldest first, a few subjects at a time, and none waits for another.
 * The command id never changes between tries, so an answer that got lost is given again, not done again.
 */
export async function flush(db: TerreinDb, deliver: Send = send): Promise<Flushed> {
  await forgetOldReceipts(db);
  const round = new Round(db, deliver);
  const passed = new Set<number>();
  for (;;) {
    // Also what was made while this round was under way.
    const lanes = lanesOf(await outboxRows(db), passed);
    if (lanes.length === 0) return { kind: 'empty', sent: round.sent };
    for (const { seq } of lanes.flat()) passed.add(seq);
    await round.send(lanes);
    if (round.ended) return { kind: round.ended, sent: round.sent };
  }
}

class Round {
  sent = 0;
  /** Why nothing more is sent in this round. */
  ended: 'later' | 'sign-in-first' | null = null;
  #lanes: OutboxRow[][] = [];
  #answers: [OutboxRow, Outcome][] = [];
  #laying: Promise<void> | null = null;
  /** Resolved when answers are to be laid down without waiting for more. */
  #hurry = (): void => undefined;
  readonly #writes: Promise<void>[] = [];

  constructor(
    readonly db: TerreinDb,
    readonly deliver: Send,
  ) {}

  async send(lanes: OutboxRow[][]): Promise<void> {
    this.#lanes = lanes;
    const sending = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => this.#work()));
    this.#hurry();
    const done = [...sending, ...(await Promise.allSettled(this.#writes.splice(0)))];
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  /** Takes one subject after another until there are none, or until the server is not to be had. */
  async #work(): Promise<void> {
    for (let lane = this.#lanes.shift(); lane && !this.ended; lane = this.#lanes.shift())
      for (const [place, row] of lane.entries()) {
        // What went before it in its subject may have moved its version.
        const now = place === 0 ? row : await this.#again(row.seq);
        if (this.ended || (now && !(await this.#one(now, place === lane.length - 1)))) break;
      }
  }

  async #again(seq: number): Promise<OutboxRow | null> {
    const stored = await this.db.outbox.get(seq);
    const row = stored ? upgrade(stored) : null;
    return row?.parked ? null : row;
  }

  /** Whether the rest of its subject may follow. */
  async #one(row: OutboxRow, last: boolean): Promise<boolean> {
    try {
      const outcome = await this.deliver(row);
      this.#answers.push([row, outcome]);
      const laid = this.#lay();
      // What follows in its subject stands on this answer.
      if (!last) {
        this.#hurry();
        await laid;
      }
      this.sent += 1;
      return !(outcome.kind === 'refused' && MAKING.includes(row.edit.type));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'UNAUTHENTICATED') this.ended = 'sign-in-first';
      else if (error.passing) {
        this.ended ??= 'later';
        await this.db.outbox.update(row.seq, { attempts: row.attempts + 1 });
      } else await park(this.db, row, error.reason ?? error.code, { field: error.field });
      return !this.ended && !MAKING.includes(row.edit.type);
    }
  }

  /** Lays the answers down in one transaction. One that is lost here is asked for again, under the same command. */
  #lay(): Promise<void> {
    if (this.#laying) return this.#laying;
    const laying = (async () => {
      const more = this.#lanes.length > FEW;
      await (more && Promise.race([pause(), new Promise<void>((resolve) => (this.#hurry = resolve))]));
      this.#laying = null;
      await settle(this.db, this.#answers.splice(0));
    })();
    // The device takes no more, so nothing more is asked; what went wrong is told when the round ends.
    laying.catch(() => (this.ended ??= 'later'));
    this.#writes.push(laying);
    return (this.#laying = laying);
  }
}

/** What nothing else knows of: what was done to it afterwards waits for it. */
const MAKING = ['report-issue', 'record-conversation'];

/**
 * What may go, by subject: not parked, not tried in this round, not of a pin or a talk that was itself refused, and
 * not before another subject that has to be there first.
 */
function lanesOf(rows: readonly OutboxRow[], passed: ReadonlySet<number>): OutboxRow[][] {
  const open = new Set<string>();
  const held = new Set<string>();
  const lanes = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const { subject, edit } = row;
    if (row.parked) {
      if (MAKING.includes(edit.type)) for (const set of [open, held]) set.add(subject);
      continue;
    }
    if ((kindOf(edit.type)?.after?.(edit.input) ?? []).some((first) => open.has(first))) held.add(subject);
    open.add(subject);
    if (held.has(subject) || passed.has(row.seq)) continue;
    const lane = lanes.get(subject);
    if (lane) lane.push(row);
    else lanes.set(subject, [row]);
  }
  return [...lanes.values()];
}

/** An acknowledged command is remembered this long, for the report of the day. */
const REMEMBERED_MS = 30 * 86_400_000;

async function settle(db: TerreinDb, answers: readonly [OutboxRow, Outcome][]): Promise<void> {
  const { issue, comment, conversation, promise, observation, photo, voiceNote, media, mediaBytes } = db;
  const held = [issue, comment, conversation, promise, observation, photo, voiceNote, media, mediaBytes];
  await db.transaction('rw', [db.outbox, db.receipt, db.feed, ...held], async () => {
    for (const [row, outcome] of answers) {
      switch (outcome.kind) {
        case 'done':
          await putAnswer(db, row.terrainId, outcome);
          await db.outbox.delete(row.seq);
          await remember(db, row);
          // Taken back, and with it what was still to be sent of it.
          if (outcome.gone) await dropMediaOf(db, outcome.gone);
          if (outcome.issue) await moveUp(db, row, outcome.issue.version);
          break;
        case 'changed-meanwhile':
          await putAnswer(db, row.terrainId, outcome);
          await park(db, row, 'CHANGED_MEANWHILE', { fields: outcome.fields });
          break;
        case 'refused':
          await park(db, row, outcome.reason);
          break;
      }
    }
  });
}

async function forgetOldReceipts(db: TerreinDb): Promise<void> {
  const until = new Date(Date.now() - REMEMBERED_MS).toISOString();
  await db.receipt.where('madeAt').below(until).delete();
}

async function remember(db: TerreinDb, { commandId, edit, subject, by }: OutboxRow): Promise<void> {
  await db.receipt.put({ commandId, type: edit.type, subject, madeAt: by.at });
}

/**
 * Our own edit raised the version, so what we did after it is based on the new one. A larger step means that somebody else was there
 * too, and the server merged: then a later edit of the same fields is based on what came of that, and one of other fields keeps its
 * base, for the server to judge.
 */
async function moveUp(db: TerreinDb, row: OutboxRow, version: number): Promise<void> {
  const told = new Set(changedBy(row.edit));
  const alone = version === row.version + 1;
  await db.outbox
    .where('subject')
    .equals(row.subject)
    .filter(
      (later) =>
        upgrade(later) !== null &&
        later.version === row.version &&
        (alone || changedBy(later.edit).every((field) => told.has(field))),
    )
    .modify({ version });
}
