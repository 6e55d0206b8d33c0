import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../domain/issue';
import type { Edit } from '../edits';
import { kindOf } from '../edits';
import { TerreinDb } from './db';
import { issueRow, report, about, by, freshDb, TERRAIN } from './fixtures';
import {
  discard,
  enqueue,
  outboxRows,
  Queue,
  queuedCount,
  upgrade,
  OUTBOX_SCHEMA,
  type OutboxRow,
} from './outbox';
import { keepMedia, unsentMedia } from './media';
import { viewOf } from './view';

const row = (edit: Edit, change: Partial<OutboxRow> = {}): OutboxRow => ({
  seq: 1,
  schema: OUTBOX_SCHEMA,
  commandId: 'c',
  subject: kindOf(edit.type)?.subject(edit.input) ?? '',
  terrainId: TERRAIN,
  edit,
  by,
  version: 1,
  attempts: 0,
  parked: null,
  ...change,
});
const base = { issues: [issueRow('issue:a')], comments: [] };
const parked = { code: 'FORBIDDEN', field: null, at: by.at };

describe('the view', () => {
  it('is the base when nothing waits', () => {
    expect(viewOf(base, []).issues).toEqual([{ ...issueRow('issue:a'), pending: null }]);
  });
  it('shows a new pin at once and as waiting', () => {
    const { issues } = viewOf(base, [row({ type: 'report-issue', input: report('issue:b') })]);
    expect(issues.map(({ id, pending }) => [id, pending])).toEqual([
      ['issue:b', 'waiting'],
      ['issue:a', null],
    ]);
  });
  it('lays edits on top in the order they were made', () => {
    const edit = (title: string): OutboxRow =>
      row({ type: 'edit-issue', input: { issueId: 'issue:a', change: { title } } });
    expect(viewOf(base, [edit('een'), edit('twee')]).issues[0]?.title).toBe('twee');
    expect(base.issues[0]?.title).toBe('Lamp stuk');
  });
  it('leaves a refused edit out, but never loses a refused new pin', () => {
    const refused = row(
      { type: 'edit-issue', input: { issueId: 'issue:a', change: { title: 'x' } } },
      { parked },
    );
    expect(viewOf(base, [refused]).issues[0]?.title).toBe('Lamp stuk');
    const pin = row({ type: 'report-issue', input: report('issue:b') }, { parked });
    expect(viewOf(base, [pin]).issues.find(({ id }) => id === 'issue:b')?.pending).toBe('refused');
  });
  it('does not draw a pin twice when its answer came but its row stayed', () => {
    const known = { issues: [issueRow('issue:b', { title: 'van de server' })], comments: [] };
    const { issues } = viewOf(known, [row({ type: 'report-issue', input: report('issue:b') })]);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.title).toBe('van de server');
  });
  it('counts support once, however often it is laid on top', () => {
    const support = row({
      type: 'support-issue',
      input: { supportId: 'support:1', issueId: 'issue:a', companyId: null, willingness: 'MORAL' },
    });
    expect(viewOf(base, [support]).issues[0]?.supportCount).toBe(3);
    const already = {
      issues: [
        issueRow('issue:a', {
          supportCount: 3,
          viewerSupport: { id: 'support:1', companyId: null, willingness: 'MORAL' },
        }),
      ],
      comments: [],
    };
    expect(viewOf(already, [support]).issues[0]?.supportCount).toBe(3);
  });
  it('takes a withdrawn issue away', () => {
    expect(viewOf(base, [row({ type: 'withdraw-issue', input: { issueId: 'issue:a' } })]).issues).toEqual([]);
  });
  it('ignores an edit of an issue that is gone', () => {
    const edit = row({ type: 'edit-issue', input: { issueId: 'issue:gone', change: { title: 'x' } } });
    expect(viewOf(base, [edit]).issues).toHaveLength(1);
  });
  it('shows a comment as waiting and counts it', () => {
    const { issues, comments } = viewOf(base, [
      row({
        type: 'comment-on-issue',
        input: { commentId: 'comment:1', issueId: 'issue:a', text: 'Klopt' },
      }),
    ]);
    expect(issues[0]?.commentCount).toBe(1);
    expect(comments[0]).toMatchObject({ text: 'Klopt', pending: 'waiting', authorRole: 'AANJAGER' });
  });
});

describe('taking back', () => {
  const before = { issues: new Map([['issue:a', issueRow('issue:a')]]), comments: new Map() };
  it('turns an edit into the edit that restores what was there', () => {
    const inverse = kindOf('edit-issue')?.inverse({ issueId: 'issue:a', change: { title: 'x' } }, before);
    expect(inverse).toEqual({
      type: 'edit-issue',
      input: { issueId: 'issue:a', change: { title: 'Lamp stuk' } },
    });
  });
  it('turns a report into a withdrawal and support into its end', () => {
    expect(kindOf('report-issue')?.inverse(report('issue:b'), before)?.type).toBe('withdraw-issue');
    expect(
      kindOf('support-issue')?.inverse(
        { supportId: 's', issueId: 'issue:a', companyId: null, willingness: 'MORAL' },
        before,
      )?.type,
    ).toBe('withdraw-support');
  });
});

describe('the outbox', () => {
  it('keeps rows in the order they were made, each with a command id of its own', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    await enqueue(db, { type: 'withdraw-issue', input: { issueId: 'issue:b' } }, about(0));
    const rows = await outboxRows(db);
    expect(rows.map(({ edit }) => edit.type)).toEqual(['report-issue', 'withdraw-issue']);
    expect(new Set(rows.map(({ commandId }) => commandId)).size).toBe(2);
  });
  it('brings a row of the first schema up to now', () => {
    const { parked: _, ...rest } = row({ type: 'withdraw-issue', input: { issueId: 'issue:a' } });
    expect(upgrade({ ...rest, schema: 1, reason: 'FORBIDDEN' } as never)).toMatchObject({
      schema: OUTBOX_SCHEMA,
      parked: { code: 'FORBIDDEN' },
      commandId: 'c',
    });
    expect(upgrade({ ...rest, schema: 1, reason: null } as never)?.parked).toBeNull();
  });
  it('leaves rows of a newer app alone and keeps counting them', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
    await db.outbox.add({
      ...row({ type: 'withdraw-issue', input: { issueId: 'x' } }),
      seq: 9,
      commandId: 'd',
      schema: 99,
    });
    await db.outbox.add({
      ...row({ type: 'dance-with-issue', input: {} } as never),
      seq: 10,
      commandId: 'e',
    });
    expect(await outboxRows(db)).toHaveLength(1);
    expect(await queuedCount(db)).toBe(3);
  });
});

it('an issue is on screen at every moment between its report leaving the queue and the rest being read again', async () => {
  const db = freshDb();
  const queue = new Queue();
  let shown: readonly Issue[] = [];
  const read = async (): Promise<(string | undefined)[]> => {
    const { rows, arrived } = await queue.read(db, () => shown);
    return viewOf({ issues: [...arrived, ...shown], comments: [] }, rows).issues.map(
      ({ title }) => title ?? '',
    );
  };
  const made = await enqueue(db, { type: 'report-issue', input: report('issue:b') }, about(0));
  const undone = await enqueue(db, { type: 'report-issue', input: report('issue:c') }, about(0));
  expect(await read()).toEqual(['Nieuw', 'Nieuw']);
  const issue = issueRow('issue:b', { title: 'Aangekomen' });
  await db.issue.put({ ...issue, sweep: 1 });
  await discard(db, [made.seq, undone.seq]);
  expect(await read(), 'taken back is gone').toEqual(['Aangekomen']);
  expect(await read()).toEqual(['Aangekomen']);
  shown = [{ ...issue, title: 'En veranderd' }];
  expect(await read(), 'as it was read last').toEqual(['En veranderd']);
  shown = [];
  expect(await read(), 'and gone when it goes').toEqual([]);
});

/** The tables of version 3, as its phones have them. */
const VERSION_3 = {
  terrain: 'id',
  plot: 'id, terrainId',
  address: 'id, terrainId',
  company: 'id, terrainId',
  occupancy: 'id, terrainId',
  infrastructure: 'id, terrainId',
  issue: 'id, terrainId',
  comment: 'id, terrainId, issueId',
  detail: 'issueId',
  feed: 'terrainId',
  outbox: '++seq, &commandId, subject',
  setting: 'key',
  receipt: 'commandId, madeAt',
  building: 'id, terrainId',
  conversation: 'id, terrainId',
  promise: 'id, terrainId',
  observation: 'id, terrainId',
  walk: 'id, terrainId',
  walkPoint: '++seq, walkId',
};

it('opens a database of the version before photos with all its work, and reads the feed again for what it lacked', async () => {
  const before = new Dexie('test.version-3');
  before.version(3).stores(VERSION_3);
  const { viewerCan, ...known } = issueRow('issue:a');
  const { addFile: _, ...could } = viewerCan;
  const edit: Edit = { type: 'edit-issue', input: { issueId: 'issue:a', change: { title: 'Twee lampen' } } };
  const rows = [
    row({ type: 'report-issue', input: report('issue:b') }),
    row(edit, { seq: 2, commandId: 'd', parked }),
  ];
  await before.table('outbox').bulkAdd(rows);
  await before.table('issue').put({ ...known, viewerCan: could, sweep: 1 });
  await before
    .table('feed')
    .put({ terrainId: TERRAIN, cursor: 'far', sweep: 1, sweeping: false, completeAt: 1 });
  await before.table('walk').put({ id: 'walk:1', terrainId: TERRAIN, startedAt: by.at, endedAt: null });
  before.close();

  const db = new TerreinDb('test.version-3');
  expect(await db.outbox.toArray()).toEqual(rows);
  expect(await db.walk.count()).toBe(1);
  expect(await db.feed.get(TERRAIN)).toMatchObject({ cursor: null, completeAt: 1 });
  expect((await db.issue.get('issue:a'))?.viewerCan).toEqual(viewerCan);
  await keepMedia(
    db,
    {
      kind: 'photo',
      terrainId: TERRAIN,
      issueId: 'issue:b',
      draft: false,
      type: 'image/jpeg',
      widthPx: 1,
      heightPx: 1,
      durationMs: null,
      thumb: null,
    },
    new Blob(['light']),
  );
  expect(await unsentMedia(db)).toHaveLength(1);
  expect(await queuedCount(db)).toBe(3);
});
