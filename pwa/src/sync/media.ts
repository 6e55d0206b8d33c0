import { ApiError } from '../api/client';
import type { Edit } from '../edits';
import type { TerreinDb } from '../store/db';
import { bytesOf, dropMedia, MEDIA_SCHEMA, parkMedia, type MediaRow } from '../store/media';
import { enqueue } from '../store/outbox';
import type { Flushed } from './push';
import { deliver, type Delivered, type Standing } from './tus';

export type Send = (
  row: MediaRow,
  bytes: Blob,
  keep: (at: Standing) => Promise<void>,
  goOn: () => boolean,
) => Promise<Delivered>;

/** What has arrived is kept until the server's own copy can be shown, and not for ever. */
const SHOWN_MS = 24 * 3600 * 1000;
/** A day, and some hours for a clock that is set back. */
const DRAFT_MS = 30 * 3600 * 1000;
const ORDER = { photo: 0, 'voice-note': 1 };

/** As the graph names it. */
const nodeId = ({ kind, id }: MediaRow): string => `${kind}:${id}`;

/**
 * Sends photos, then sound, each after its pin and from where it stopped. Text goes first: `goOn` is asked between
 * parts, and when it says no the rest comes after that text.
 */
export async function flushMedia(
  db: TerreinDb,
  goOn: () => boolean = () => true,
  send: Send = deliver,
): Promise<Flushed> {
  let sent = 0;
  const passed = new Set<string>();
  for (;;) {
    const row = await nextToSend(db, passed);
    if (!row) return { kind: 'empty', sent };
    passed.add(row.id);
    const bytes = await bytesOf(db, row.id);
    if (!bytes) {
      await parkMedia(db, row.id, 'UNREADABLE');
      continue;
    }
    // Taken away by its maker while it was being sent.
    let gone = false;
    try {
      const { kind } = await send(
        row,
        bytes,
        async ({ upload, sent: held }) => {
          gone = (await db.media.update(row.id, { upload: upload || null, sent: held })) === 0;
        },
        () => goOn() && !gone,
      );
      if (kind === 'interrupted') return { kind: 'empty', sent };
      if (kind === 'arrived') {
        await arrived(db, row);
        sent += 1;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'OTHER_PERSON') throw error;
      if (error.code === 'UNAUTHENTICATED') return { kind: 'sign-in-first', sent };
      if (error.passing) {
        await db.media.update(row.id, { attempts: row.attempts + 1 });
        return { kind: 'later', sent };
      }
      await parkMedia(db, row.id, error.reason ?? error.code);
    }
    if (!goOn()) return { kind: 'empty', sent };
  }
}

/** Remembered for the report of the day; and what its maker said of it meanwhile follows as commands. */
async function arrived(db: TerreinDb, sent: MediaRow): Promise<void> {
  const { id, issueId, terrainId } = sent;
  const file = nodeId(sent);
  await db.transaction('rw', [db.media, db.receipt, db.outbox], async () => {
    const row = await db.media.get(id);
    const say = (edit: Edit): Promise<unknown> =>
      enqueue(db, edit, {
        terrainId,
        version: 0,
        by: { role: null, organisation: null, at: new Date().toISOString() },
      });
    if (!row) {
      await say(
        sent.kind === 'photo'
          ? { type: 'remove-photo', input: { issueId, photoId: file } }
          : { type: 'remove-voice-note', input: { issueId, voiceNoteId: file } },
      );
      return;
    }
    await db.media.update(id, { arrivedAt: Date.now(), sent: row.bytes });
    await db.receipt.put({ commandId: id, type: row.kind, subject: file, madeAt: row.takenAt });
    if (row.looked) await say({ type: 'check-photo', input: { issueId, photoId: file, blur: [] } });
    if (row.alt !== sent.alt && row.kind === 'photo')
      await say({ type: 'describe-photo', input: { issueId, photoId: file, alt: row.alt } });
  });
}

/**
 * Photos before sound, older first; only of an issue that the server has told us of, so never before its pin. What
 * belongs to an issue that is neither here nor on its way has nowhere to go: that is said.
 */
async function nextToSend(db: TerreinDb, passed: ReadonlySet<string>): Promise<MediaRow | null> {
  const rows = await db.media
    .filter(
      (row) =>
        row.schema === MEDIA_SCHEMA &&
        !row.draft &&
        !row.parked &&
        row.arrivedAt === null &&
        !passed.has(row.id),
    )
    .toArray();
  const ids = [...new Set(rows.map(({ issueId }) => issueId))];
  const known = new Set((await db.issue.bulkGet(ids)).map((issue) => issue?.id));
  const pins = await db.outbox
    .where('subject')
    .anyOf(ids)
    .filter(({ edit }) => edit.type === 'report-issue')
    .toArray();
  const coming = new Set(pins.map(({ subject }) => subject));
  for (const { id, issueId } of rows)
    if (!known.has(issueId) && !coming.has(issueId)) await parkMedia(db, id, 'NO_ISSUE');
  return (
    rows
      .filter(({ issueId }) => known.has(issueId))
      .sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || (a.takenAt < b.takenAt ? -1 : 1))[0] ?? null
  );
}

/** Lets go of what the server shows by itself now; what it shows of it here without a network stays. */
export async function settleMedia(db: TerreinDb, now = Date.now()): Promise<void> {
  for (const row of await db.media.filter(({ arrivedAt }) => arrivedAt !== null).toArray()) {
    const id = nodeId(row);
    const known = row.kind === 'photo' ? await db.photo.get(id) : await db.voiceNote.get(id);
    const there = known !== undefined && known.state !== 'RECEIVED';
    if (!there && now - (row.arrivedAt ?? now) <= SHOWN_MS) continue;
    const blob = row.kind === 'photo' ? row.thumb : await bytesOf(db, row.id);
    if (known?.state === 'READY' && blob) await db.fileCopy.put({ id, version: known.version, blob });
    await dropMedia(db, [row.id]);
  }
  await dropDraftsLeft(db, now);
  await forgetCopies(db, now);
}

/** A draft of a pin lives for a day; what was made for it goes after it. */
async function dropDraftsLeft(db: TerreinDb, now: number): Promise<void> {
  const old = await db.media.filter((row) => row.draft && now - Date.parse(row.takenAt) > DRAFT_MS).toArray();
  const known = await db.issue.bulkGet(old.map(({ issueId }) => issueId));
  await dropMedia(
    db,
    old.flatMap(({ id }, index) => (known[index] ? [] : [id])),
  );
}

/** A copy goes with what it is of; a sound on the day on which the server deletes it. */
async function forgetCopies(db: TerreinDb, now: number): Promise<void> {
  const ids = await db.fileCopy.toCollection().primaryKeys();
  if (ids.length === 0) return;
  const photos = new Set(await db.photo.where('id').anyOf(ids).primaryKeys());
  const sounds = (await db.voiceNote.bulkGet(ids)).flatMap((note) =>
    note && Date.parse(note.soundUntil) > now ? [note.id] : [],
  );
  const kept = new Set([...photos, ...sounds]);
  await db.fileCopy.bulkDelete(ids.filter((id) => !kept.has(id)));
}
