import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, speakFor } from '../api/client';
import { TerreinDb } from '../store/db';
import { about, freshDb, issueRow, report, TERRAIN } from '../store/fixtures';
import {
  attachMedia,
  dropMedia,
  keepMedia,
  lookedAt,
  nowWork,
  replaceBytes,
  shrinkWaiting,
  unsentMedia,
  type Made,
} from '../store/media';
import { enqueue, outboxRows, queuedCount } from '../store/outbox';
import { flushMedia, settleMedia, type Send } from './media';
import { deliver } from './tus';

const ISSUE = 'issue:a';
const made = (change: Partial<Made> = {}): Made => ({
  kind: 'photo',
  terrainId: TERRAIN,
  issueId: ISSUE,
  draft: false,
  type: 'image/jpeg',
  widthPx: 100,
  heightPx: 80,
  durationMs: null,
  thumb: new Blob(['small']),
  ...change,
});
const bytesOf = (length: number): Blob => new Blob([new Uint8Array(length).map((_, at) => at % 251)]);
const withIssue = async (): Promise<TerreinDb> => {
  const db = freshDb();
  await db.issue.put({ ...issueRow(ISSUE), sweep: 1 });
  return db;
};
const always: Send = async (row, _bytes, keep) => {
  await keep({ upload: `/uploads/${row.id}`, sent: row.bytes });
  return { kind: 'arrived' };
};

/** A server of tus uploads, as far as the app needs one; `cut` may lose an answer, or more. */
function uploads(cut: (method: string, nth: number) => 'nothing' | 'answer' | 'all' = () => 'nothing') {
  const held = new Map<string, number[]>();
  const asked: { method: string; offset: string | null; length: number }[] = [];
  let nth = 0;
  const answer = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(null, { status, headers: { 'Tus-Resumable': '1.0.0', ...headers } });
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    const body = init.body ? new Uint8Array(await (init.body as Blob).arrayBuffer()) : new Uint8Array();
    asked.push({ method, offset: headers.get('Upload-Offset'), length: body.length });
    const lost = cut(method, (nth += 1));
    if (lost === 'all') throw new TypeError('no network');
    const reply = ((): Response => {
      if (method === 'POST') {
        const id = atob(/(?:^|,)id ([^,]+)/.exec(headers.get('Upload-Metadata') ?? '')?.[1] ?? '');
        const known = held.get(id);
        if (!known) held.set(id, []);
        return answer(known ? 200 : 201, {
          Location: `/uploads/${id}`,
          'Upload-Offset': String(known?.length ?? 0),
        });
      }
      const there = held.get(address.split('/').pop() ?? '');
      if (!there) return answer(404);
      if (method === 'PATCH') {
        if (Number(headers.get('Upload-Offset')) !== there.length) return answer(409);
        for (const byte of body) there.push(byte);
      }
      return answer(method === 'HEAD' ? 200 : 204, { 'Upload-Offset': String(there.length) });
    })();
    if (lost === 'answer') throw new TypeError('no network');
    return reply;
  });
  return { held, asked };
}
afterEach(() => vi.unstubAllGlobals());

describe('sending photos and dictated notes', () => {
  for (const part of [10, 50, 99])
    it(`goes on where it stopped when the line broke at ${part} %`, async () => {
      const db = await withIssue();
      const bytes = bytesOf(3_000_000);
      const row = await keepMedia(db, made(), bytes);
      const at = (bytes.size * part) / 100;
      let broken = false;
      const server = uploads((method) => {
        const there = server.held.get(row.id)?.length ?? 0;
        if (method !== 'PATCH' || broken || there + 256 * 1024 < at) return 'nothing';
        broken = true;
        return 'all';
      });
      expect(await flushMedia(db)).toEqual({ kind: 'later', sent: 0 });
      const [stopped] = await unsentMedia(db);
      expect(stopped?.sent).toBe(server.held.get(row.id)?.length);
      const before = server.asked.length;
      expect(await flushMedia(db)).toEqual({ kind: 'empty', sent: 1 });
      const later = server.asked.slice(before);
      expect(later[0]?.method, 'asks how far it is').toBe('HEAD');
      expect(later[1]?.offset).toBe(String(stopped?.sent));
      expect(new Uint8Array(server.held.get(row.id) ?? [])).toEqual(
        new Uint8Array(await bytes.arrayBuffer()),
      );
      expect(await unsentMedia(db)).toEqual([]);
    });

  it('says nothing twice when only the answers are lost', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(700_000));
    const server = uploads((_, nth) => (nth % 2 ? 'answer' : 'nothing'));
    for (let round = 0; round < 12 && (await unsentMedia(db)).length > 0; round += 1) await flushMedia(db);
    expect(server.held.get(row.id)?.length).toBe(700_000);
    expect(server.held.size).toBe(1);
  });

  it('waits for its pin, and is told when that is nowhere', async () => {
    const db = freshDb();
    await enqueue(db, { type: 'report-issue', input: report(ISSUE) }, about(0));
    await keepMedia(db, made(), bytesOf(10));
    const send = vi.fn(always);
    await flushMedia(db, undefined, send);
    expect(send).not.toHaveBeenCalled();
    expect((await unsentMedia(db))[0]?.parked).toBeNull();
    await db.outbox.clear();
    await flushMedia(db, undefined, send);
    expect((await unsentMedia(db))[0]?.parked?.code).toBe('NO_ISSUE');
  });

  it('keeps what is refused, with the reason, and goes on with the next', async () => {
    const db = await withIssue();
    const first = await keepMedia(db, made(), bytesOf(10));
    await keepMedia(db, made({ kind: 'voice-note', thumb: null }), bytesOf(10));
    const result = await flushMedia(db, undefined, (row, ...rest) => {
      if (row.id === first.id) throw new ApiError('INVALID', 'no', null, 'TOO_LARGE');
      return always(row, ...rest);
    });
    expect(result).toEqual({ kind: 'empty', sent: 1 });
    const [left] = await unsentMedia(db);
    expect(left?.parked?.code).toBe('TOO_LARGE');
    expect(await queuedCount(db)).toBe(1);
  });

  it('gives way to text between two parts', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(1_000_000));
    const server = uploads();
    let parts = 0;
    expect(await flushMedia(db, () => (parts += 1) < 2)).toEqual({ kind: 'empty', sent: 0 });
    expect(server.held.get(row.id)?.length).toBe(2 * 256 * 1024);
    expect((await unsentMedia(db))[0]).toMatchObject({ parked: null, sent: 2 * 256 * 1024 });
  });

  it('takes an answer of somebody else for no answer', async () => {
    const db = await withIssue();
    await keepMedia(db, made(), bytesOf(10));
    vi.stubGlobal('fetch', async () => new Response('<html>log in to the wifi</html>', { status: 200 }));
    expect(await flushMedia(db)).toEqual({ kind: 'later', sent: 0 });
    expect((await unsentMedia(db))[0]).toMatchObject({ parked: null, sent: 0 });
  });

  it('stops at the door when the session is somebody else’s, or ended', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(10));
    speakFor('person:me');
    const problem = (reason: string | null) => async () =>
      new Response(JSON.stringify({ code: 'UNAUTHENTICATED', reason }), {
        status: 401,
        headers: { 'content-type': 'application/problem+json' },
      });
    vi.stubGlobal('fetch', problem(null));
    expect((await flushMedia(db)).kind).toBe('sign-in-first');
    vi.stubGlobal('fetch', problem('OTHER_PERSON'));
    await expect(deliver(row, bytesOf(10), async () => undefined)).rejects.toMatchObject({
      reason: 'OTHER_PERSON',
    });
    expect((await unsentMedia(db))[0]?.parked).toBeNull();
  });

  it('tells the server what its maker said meanwhile, and takes it away when they threw it away', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(10));
    await lookedAt(db, row.id);
    const away = await keepMedia(db, made(), bytesOf(10));
    await flushMedia(db, undefined, async (sent, ...rest) => {
      if (sent.id === away.id) await dropMedia(db, [away.id]);
      return always(sent, ...rest);
    });
    expect((await outboxRows(db)).map(({ edit }) => edit)).toEqual([
      { type: 'check-photo', input: { issueId: ISSUE, photoId: `photo:${row.id}`, blur: [] } },
      { type: 'remove-photo', input: { issueId: ISSUE, photoId: `photo:${away.id}` } },
    ]);
    // The report of the day counts what arrived and stays.
    expect((await db.receipt.toArray()).map(({ subject }) => subject)).toEqual([`photo:${row.id}`]);
  });
});

describe('what is kept on the device', () => {
  it('is nobody’s work while its pin is being made, and goes with the pin that it becomes', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made({ draft: true, issueId: 'issue:draft' }), bytesOf(10));
    expect(await queuedCount(db)).toBe(0);
    expect(await flushMedia(db, undefined, always)).toEqual({ kind: 'empty', sent: 0 });
    await attachMedia(db, 'issue:draft', ISSUE);
    expect(await queuedCount(db)).toBe(1);
    expect(await flushMedia(db, undefined, always)).toEqual({ kind: 'empty', sent: 1 });
    expect(await db.media.get(row.id)).toMatchObject({ issueId: ISSUE, draft: false });
  });

  it('cannot be painted over once part of it left', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(10));
    expect(await replaceBytes(db, row.id, bytesOf(8), {})).toBe(true);
    await db.media.update(row.id, { upload: '/uploads/x', sent: 4 });
    expect(await replaceBytes(db, row.id, bytesOf(6), {})).toBe(false);
  });

  it('becomes smaller where there is no room, largest first, and never what was sent in part', async () => {
    const db = await withIssue();
    await keepMedia(db, made(), bytesOf(100));
    const large = await keepMedia(db, made(), bytesOf(900));
    const leaving = await keepMedia(db, made(), bytesOf(500));
    await db.media.update(leaving.id, { upload: '/uploads/x' });
    const order: number[] = [];
    const freed = await shrinkWaiting(db, async (bytes) => {
      order.push(bytes.size);
      return { bytes: bytesOf(bytes.size / 2), widthPx: 10, heightPx: 8 };
    });
    expect([order, freed]).toEqual([[900, 100], 500]);
    expect((await db.media.get(large.id))?.bytes).toBe(450);
  });

  it('stays in sight until the server shows it by itself, and small after that', async () => {
    const db = await withIssue();
    const row = await keepMedia(db, made(), bytesOf(10));
    await nowWork(db, row.id);
    await flushMedia(db, undefined, always);
    await settleMedia(db);
    expect(await db.media.count()).toBe(1);
    const id = `photo:${row.id}`;
    await db.photo.put({
      id,
      issueId: ISSUE,
      terrainId: TERRAIN,
      state: 'READY',
      version: 2,
      sweep: 1,
    } as never);
    await settleMedia(db);
    expect(await db.media.count()).toBe(0);
    expect(await db.mediaBytes.count()).toBe(0);
    expect(await db.fileCopy.get(id)).toMatchObject({ version: 2 });
    // What somebody may no longer see goes from here too.
    await db.photo.clear();
    await settleMedia(db);
    expect(await db.fileCopy.count()).toBe(0);
  });
});
