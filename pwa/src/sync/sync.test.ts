import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/client';
import type { Outcome } from '../edits/edit';
import { about, freshDb, issueRow, promised, report, talk, TERRAIN } from '../store/fixtures';
import type { TerreinDb } from '../store/db';
import { discard, enqueue, outboxRows, rebase, retry, type OutboxRow } from '../store/outbox';
import { viewOf } from '../store/view';
import { readBase } from '../store/base';
import { backoffMs } from './backoff';
import { pullTerrain, type ChangePage } from './pull';
import { flush } from './push';

const unreachable = new ApiError('UNREACHABLE', 'no connection');
const edited = (title: string, version: number): Outcome => ({
  kind: 'done',
  issue: issueRow('issue:a', { title, version }),
});
const editOf = (issueId: string, title: string) =>
  ({ type: 'edit-issue', input: { issueId, change: { title } } }) as const;

/** Answers in turn and remembers what came in. */
function server(...answers: (Outcome | Error)[]) {
  const seen: { commandId: string; subject: string; version: number }[] = [];
  const deliver = async (row: OutboxRow): Promise<Outcome> => {
    seen.push({ commandId: row.commandId, subject: row.subject, version: row.version });
    const answer = answers.shift();
    if (!answer) throw new Error('nothing more to answer');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { seen, deliver };
}

const view = async (db: TerreinDb) => viewOf(await readBase(db, TERRAIN), await outboxRows(db));

describe('sending', () => {
  it('repeats a lost answer under the same command id and is then done', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    const first = server(unreachable);
    expect((await flush(db, first.deliver)).kind).toBe('later');
    const second = server({ kind: 'done', issue: issueRow('issue:b') });
    expect(await flush(db, second.deliver)).toEqual({ kind: 'empty', sent: 1 });
    expect(second.seen[0]?.commandId).toBe(first.seen[0]?.commandId);
    expect(await outboxRows(db)).toEqual([]);
    expect((await view(db)).issues[0]).toMatchObject({ id: 'issue:b', version: 1, pending: null });
  });
  it('sends what concerns one issue oldest first and moves later edits to the version that came back', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:a') }, about(0));
    await enqueue(db, editOf('issue:a', 'beter'), about(0));
    const { seen, deliver } = server(edited('Nieuw', 1), edited('beter', 2));
    await flush(db, deliver);
    expect(seen.map(({ version }) => version)).toEqual([0, 1]);
  });
  it('moves a later edit past a change of somebody else when the server merged just those fields', async () => {
    const db = freshDb();
    const themed = {
      type: 'edit-issue',
      input: { issueId: 'issue:a', change: { theme: 'SAFETY' } },
    } as const;
    await enqueue(db, editOf('issue:a', 'een'), about(3));
    await enqueue(db, editOf('issue:a', 'twee'), about(3));
    await enqueue(db, themed, about(3));
    const conflict: Outcome = {
      kind: 'changed-meanwhile',
      issue: issueRow('issue:a', { version: 6 }),
      fields: ['theme'],
    };
    const { seen, deliver } = server(edited('een', 5), edited('twee', 6), conflict);
    await flush(db, deliver);
    expect(seen.map(({ version }) => version)).toEqual([3, 5, 3]);
    expect((await outboxRows(db)).map(({ parked }) => parked?.fields)).toEqual([['theme']]);
  });
  it('parks a refusal with its reason and lets the others pass', async () => {
    const db = freshDb();
    await enqueue(db, editOf('issue:a', 'x'), about(1));
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    const { deliver } = server(new ApiError('FORBIDDEN', 'no', null, 'NOT_THE_AUTHOR'), {
      kind: 'done',
      issue: issueRow('issue:b'),
    });
    expect(await flush(db, deliver)).toEqual({ kind: 'empty', sent: 1 });
    const rows = await outboxRows(db);
    expect(rows.map(({ parked }) => parked?.code)).toEqual(['NOT_THE_AUTHOR']);
  });
  it('holds what was done to a pin that was itself refused', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    await enqueue(
      db,
      { type: 'comment-on-issue', input: { commentId: 'k', issueId: 'issue:b', text: 'hm' } },
      about(0),
    );
    const { seen, deliver } = server(new ApiError('INVALID', 'no', 'geometry'));
    await flush(db, deliver);
    expect(seen).toHaveLength(1);
    expect((await view(db)).issues[0]?.pending).toBe('refused');
  });
  it('holds a talk and what was promised in it until the pin it names is there, and goes on without one that is dropped', async () => {
    const db = freshDb();
    const pin = await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    await enqueue(
      db,
      { type: 'record-conversation', input: talk('conversation:a', ['issue:b', 'issue:c']) },
      about(0),
    );
    await enqueue(db, { type: 'make-promise', input: promised('promise:a', 'conversation:a') }, about(0));
    await enqueue(db, { type: 'record-conversation', input: talk('conversation:b', []) }, about(0));
    const first = server(new ApiError('INVALID', 'no', 'geometry'), { kind: 'done' });
    await flush(db, first.deliver);
    expect(first.seen.map(({ subject }) => subject)).toEqual(['issue:b', 'conversation:b']);
    await discard(db, [pin.seq]);
    const [left] = await outboxRows(db);
    expect(left?.edit).toMatchObject({ input: { issueIds: ['issue:c'] } });
    const second = server({ kind: 'done' }, { kind: 'done' });
    await flush(db, second.deliver);
    expect(second.seen.map(({ subject }) => subject)).toEqual(['conversation:a', 'promise:a']);
  });
  it('stops at an ended session and loses nothing', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    const { deliver } = server(new ApiError('UNAUTHENTICATED', 'sign in'));
    expect((await flush(db, deliver)).kind).toBe('sign-in-first');
    expect((await outboxRows(db))[0]?.parked).toBeNull();
  });
  it('keeps both sides of a conflict until a person chooses', async () => {
    const db = freshDb();
    await db.issue.put({ ...issueRow('issue:a', { version: 1 }), sweep: 1 });
    const mine = await enqueue(db, editOf('issue:a', 'van mij'), about(1));
    await flush(
      db,
      server({
        kind: 'changed-meanwhile',
        issue: issueRow('issue:a', { title: 'van hen', version: 2 }),
        fields: ['title'],
      }).deliver,
    );
    const [held] = await outboxRows(db);
    expect(held?.parked?.code).toBe('CHANGED_MEANWHILE');
    expect((await view(db)).issues[0]?.title).toBe('van hen');
    await rebase(db, held as OutboxRow);
    const { seen, deliver } = server(edited('van mij', 3));
    await flush(db, deliver);
    expect(seen[0]).toMatchObject({ version: 2 });
    expect(seen[0]?.commandId).not.toBe(mine.commandId);
    expect((await view(db)).issues[0]?.title).toBe('van mij');
  });
  it('tries a parked edit again as the same command', async () => {
    const db = freshDb();
    const made = await enqueue(db, editOf('issue:a', 'x'), about(1));
    await flush(db, server(new ApiError('FORBIDDEN', 'no')).deliver);
    await retry(db, (await outboxRows(db))[0] as OutboxRow);
    const { seen, deliver } = server(edited('x', 2));
    await flush(db, deliver);
    expect(seen[0]?.commandId).toBe(made.commandId);
  });
  it('never puts the answer of a replay over a newer row', async () => {
    const db = freshDb();
    await db.issue.put({ ...issueRow('issue:a', { title: 'nieuwer', version: 7 }), sweep: 1 });
    await enqueue(db, editOf('issue:a', 'oud'), about(1));
    await flush(db, server(edited('oud', 2)).deliver);
    expect((await db.issue.get('issue:a'))?.title).toBe('nieuwer');
  });
  it('sends two hundred pins once each over a line that loses every fourth answer', async () => {
    const db = freshDb();
    for (let i = 0; i < 200; i += 1)
      await enqueue(db, { type: 'report-issue', input: report(`issue:${i}`) }, about(0));
    const applied = new Map<string, string>();
    let turn = 0;
    const deliver = async (row: OutboxRow): Promise<Outcome> => {
      turn += 1;
      // The server applies a command once and answers a repeat the same way.
      if (!applied.has(row.commandId)) applied.set(row.commandId, row.subject);
      if (turn % 4 === 0) throw unreachable;
      return { kind: 'done', issue: issueRow(applied.get(row.commandId) as string) };
    };
    for (let round = 0; round < 400 && (await db.outbox.count()) > 0; round += 1) await flush(db, deliver);
    expect(await db.outbox.count()).toBe(0);
    expect(applied.size).toBe(200);
    expect(await db.issue.count()).toBe(200);
  });
});

describe('reading the feed', () => {
  const page = (items: [string, string | null][], rest: Partial<ChangePage>): ChangePage =>
    ({
      cursor: 'c',
      more: false,
      resync: false,
      items: items.map(([id, title]) => ({
        kind: 'ISSUE',
        id,
        node: title === null ? null : { ...feedIssue(id, title) },
      })),
      ...rest,
    }) as ChangePage;
  const feedIssue = (id: string, title: string) => {
    const {
      terrainId: _t,
      plotId: _p,
      companyId: _c,
      infrastructureId: _i,
      organisation: _o,
      ...fields
    } = issueRow(id, { title });
    return {
      __typename: 'Issue',
      ...fields,
      organisation: null,
      plot: null,
      company: null,
      infrastructure: null,
    };
  };
  const reader = (...pages: (ChangePage | Error)[]) => {
    const asked: (string | null)[] = [];
    return {
      asked,
      read: async (_terrain: string, since: string | null): Promise<ChangePage> => {
        asked.push(since);
        const next = pages.shift();
        if (!next || next instanceof Error) throw next ?? new Error('no more pages');
        return next;
      },
    };
  };
  const titles = async (db: TerreinDb) => (await view(db)).issues.map(({ title }) => title).sort();

  it('reads on from its cursor and removes what is gone', async () => {
    const db = freshDb();
    const { asked, read } = reader(
      page([['issue:a', 'een']], { cursor: 'c1', more: true }),
      page([['issue:b', 'twee']], { cursor: 'c2' }),
      page([['issue:a', null]], { cursor: 'c3' }),
    );
    await pullTerrain(db, TERRAIN, read);
    expect(await titles(db)).toEqual(['een', 'twee']);
    await pullTerrain(db, TERRAIN, read);
    expect(asked).toEqual([null, 'c1', 'c2']);
    expect(await titles(db)).toEqual(['twee']);
  });
  it('goes on after a break without losing or doubling anything', async () => {
    const db = freshDb();
    const { read } = reader(
      page([['issue:a', 'een']], { cursor: 'c1', more: true }),
      unreachable,
      page(
        [
          ['issue:a', 'een'],
          ['issue:b', 'twee'],
        ],
        { cursor: 'c2' },
      ),
    );
    await expect(pullTerrain(db, TERRAIN, read)).rejects.toBe(unreachable);
    await pullTerrain(db, TERRAIN, read);
    expect(await titles(db)).toEqual(['een', 'twee']);
  });
  it('drops after a resync what it did not meet again, also when the resync was broken off', async () => {
    const db = freshDb();
    const { read } = reader(
      page(
        [
          ['issue:a', 'een'],
          ['issue:b', 'niet meer van jou'],
        ],
        { cursor: 'c1' },
      ),
      page([['issue:c', 'drie']], { cursor: 'c2', resync: true, more: true }),
      unreachable,
      page([['issue:a', 'een']], { cursor: 'c3' }),
    );
    await pullTerrain(db, TERRAIN, read);
    await expect(pullTerrain(db, TERRAIN, read)).rejects.toBe(unreachable);
    expect(await titles(db)).toEqual(['drie', 'een', 'niet meer van jou']);
    await pullTerrain(db, TERRAIN, read);
    expect(await titles(db)).toEqual(['drie', 'een']);
  });
  it('lays the newest down before the feed comes, and takes back what the feed then does not speak of', async () => {
    const db = freshDb();
    const newest = page(
      [
        ['issue:a', 'een'],
        ['issue:b', 'net van jou weg'],
      ],
      {},
    ).items;
    const { read } = reader(page([['issue:c', 'drie']], { more: true }), page([['issue:a', 'een']], {}));
    const seen: (string | null)[][] = [];
    const slowly: typeof read = async (...asked) => {
      await vi.waitFor(async () => expect((await db.feed.get(TERRAIN))?.begun).toBe(true));
      seen.push(await titles(db));
      return read(...asked);
    };
    let times = 0;
    await pullTerrain(db, TERRAIN, slowly, () => Promise.resolve(times++ === 0 ? newest : []));
    expect(seen[0]).toEqual(['een', 'net van jou weg']);
    expect(await titles(db)).toEqual(['drie', 'een']);
    expect(times).toBe(1);
  });
  it('leaves waiting edits on top of what the feed brings', async () => {
    const db = freshDb();
    await enqueue(db, editOf('issue:a', 'van mij'), about(1));
    await pullTerrain(db, TERRAIN, reader(page([['issue:a', 'van de server']], {})).read);
    expect(await titles(db)).toEqual(['van mij']);
  });
});

it('waits longer after each failure, to a minute and a quarter at most', () => {
  expect(backoffMs(0, 0)).toBe(1000);
  expect(backoffMs(3, 0)).toBe(8000);
  expect(backoffMs(50, 1)).toBe(75_000);
});
