import Dexie, { type EntityTable, type Table } from 'dexie';
import type { Issue, IssueComment } from '../domain/issue';
import type { Viewer } from '../domain/person';
import type { Address, Company, Infrastructure, Occupancy, Plot, Terrain } from '../domain/place';
import type { RoutePoint } from '../domain/route';
import type { Conversation, Observation, Promised } from '../domain/talk';
import type { Building } from '../domain/walk';
import type { Photo, VoiceNote } from '../domain/media';
import type { MediaRow } from './unsent';
import type { Geometry } from '../domain/geo';
import type { OutboxRow } from './outbox';

/** Rows of the feed carry the sweep they were last met in: after a resync what was not met again is dropped. */
export type Kept<Row> = Row & { sweep: number };

/** How far the feed of one terrain has been read. */
export interface FeedState {
  terrainId: string;
  cursor: string | null;
  sweep: number;
  /** A resync is under way; rows of an older sweep go when its last page is in. */
  sweeping: boolean;
  /** Epoch milliseconds of the last time the feed was read to its end; null before the first. */
  completeAt: number | null;
  /** The last time something that the map draws came or went; not known of a copy from before it was kept. */
  mapAt: number | null;
  /** The newest issues are here already, ahead of the feed. */
  begun?: boolean;
}

/** Details the feed does not carry, kept as they were last read. */
export interface IssueDetail {
  issueId: string;
  parties: { id: string; name: string; addressLabel: string | null }[];
  supports: {
    id: string;
    company: { id: string; name: string } | null;
    organisation: { name: string } | null;
    willingness: string;
    givenAt: string;
  }[];
  history: IssueEvent[];
}

export interface IssueEvent {
  id: string;
  kind: string;
  actorRole: string;
  happenedAt: string;
  fromState: string | null;
  toState: string | null;
  reason: string | null;
  fromAudience: string | null;
  toAudience: string | null;
}

/** A round on foot. The way that was gone stays on this device: no command carries it. */
export interface Walk {
  id: string;
  terrainId: string;
  /** As RFC 3339. */
  startedAt: string;
  /** Null while it lasts. */
  endedAt: string | null;
}

/** What the server took from this device: an acknowledged command. */
export interface Receipt {
  commandId: string;
  /** The kind of edit. */
  type: string;
  /** The thing it is about. */
  subject: string;
  /** When somebody did it, as RFC 3339. */
  madeAt: string;
}

/** A terrain that was taken along: its map is on this device, its rows are kept up to date by the feed. */
export interface Pack {
  terrainId: string;
  name: string;
  /** West, south, east, north in degrees, with the edge. */
  bbox: [number, number, number, number];
  /** Epoch milliseconds at which it was taken along, and last looked at. */
  takenAt: number;
  freshAt: number;
  /** Of its files. */
  bytes: number;
  /** The `mapAt` of the rows that its tiles were drawn of. */
  drawnAt: number | null;
  /** What the server calls the state of each file. */
  files: Record<string, string>;
  /** The browser threw a file of it away. */
  lost: boolean;
}

interface Setting {
  key: string;
  value: unknown;
}

/**
 * A photo (small) or a sound of the server, kept so that it is there without a network. It goes with its row: what
 * somebody may no longer see is not shown from here either.
 */
export interface FileCopy {
  /** Of the photo or the voice note in the graph. */
  id: string;
  version: number;
  blob: Blob;
}

export class TerreinDb extends Dexie {
  terrain!: EntityTable<Terrain, 'id'>;
  plot!: EntityTable<Kept<Plot>, 'id'>;
  address!: EntityTable<Kept<Address>, 'id'>;
  company!: EntityTable<Kept<Company>, 'id'>;
  occupancy!: EntityTable<Kept<Occupancy>, 'id'>;
  infrastructure!: EntityTable<Kept<Infrastructure>, 'id'>;
  issue!: EntityTable<Kept<Issue>, 'id'>;
  comment!: EntityTable<Kept<IssueComment>, 'id'>;
  building!: EntityTable<Kept<Building> & { geometry: Geometry }, 'id'>;
  conversation!: EntityTable<Kept<Conversation>, 'id'>;
  promise!: EntityTable<Kept<Promised>, 'id'>;
  observation!: EntityTable<Kept<Observation>, 'id'>;
  detail!: EntityTable<IssueDetail, 'issueId'>;
  feed!: EntityTable<FeedState, 'terrainId'>;
  pack!: EntityTable<Pack, 'terrainId'>;
  outbox!: EntityTable<OutboxRow, 'seq'>;
  photo!: EntityTable<Kept<Photo>, 'id'>;
  voiceNote!: EntityTable<Kept<VoiceNote>, 'id'>;
  media!: EntityTable<MediaRow, 'id'>;
  mediaBytes!: EntityTable<{ id: string; blob: Blob }, 'id'>;
  fileCopy!: EntityTable<FileCopy, 'id'>;
  setting!: EntityTable<Setting, 'key'>;
  walk!: EntityTable<Walk, 'id'>;
  walkPoint!: EntityTable<RoutePoint & { seq: number; walkId: string }, 'seq'>;
  receipt!: EntityTable<Receipt, 'commandId'>;

  constructor(name: string) {
    super(name);
    // A change of shape is a new version with an upgrade step; what stands here stays.
    this.version(1).stores({
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
    });
    this.version(2).stores({ receipt: 'commandId, madeAt' });
    this.version(3)
      .stores({
        building: 'id, terrainId',
        conversation: 'id, terrainId',
        promise: 'id, terrainId',
        observation: 'id, terrainId',
        walk: 'id, terrainId',
        walkPoint: '++seq, walkId',
      })
      // The version before read past what it had no place for: the feeds are read from their beginning once more.
      .upgrade((was) => was.table('feed').toCollection().modify({ cursor: null }));
    // Photos and dictated notes: those of the server, and those made here with their bytes. A copy of the version
    // before had none, and read a feed that did not speak of them: it reads it again from the start.
    this.version(4)
      .stores({
        photo: 'id, terrainId, issueId',
        voiceNote: 'id, terrainId, issueId',
        media: 'id, issueId',
        mediaBytes: 'id',
        fileCopy: 'id',
      })
      .upgrade(async (change) => {
        await change.table<FeedState>('feed').toCollection().modify({ cursor: null });
        // Until that is read: whoever may edit an issue may add to it.
        await change
          .table<Issue>('issue')
          .toCollection()
          .modify((issue) => {
            issue.viewerCan.addFile = issue.viewerCan.edit;
          });
      });
    // A terrain that is taken along; the shape of halls stands on the device too since then.
    this.version(5)
      .stores({ pack: 'terrainId' })
      .upgrade((was) => was.table('feed').toCollection().modify({ cursor: null }));
  }

  /** The tables the feed of a terrain fills. */
  get feedTables(): Table<{ id: string; terrainId: string; sweep: number }, string>[] {
    return [
      this.plot,
      this.address,
      this.company,
      this.occupancy,
      this.infrastructure,
      this.issue,
      this.comment,
      this.building,
      this.conversation,
      this.promise,
      this.observation,
      this.photo,
      this.voiceNote,
    ] as unknown as Table<{ id: string; terrainId: string; sweep: number }, string>[];
  }
}

const LAST_PERSON = 'terrein.person';

/**
 * Each person has a database of their own, and so has the visitor who did not sign in:
 * the next person on this device neither sees nor sends what the last one left.
 */
export function dbFor(viewer: Viewer | null): TerreinDb {
  const person = viewer?.id ?? null;
  if (person) localStorage.setItem(LAST_PERSON, person);
  else localStorage.removeItem(LAST_PERSON);
  return new TerreinDb(databaseName(person));
}

/** Whoever was signed in last; null for a visitor. */
export const lastPerson = (): string | null => localStorage.getItem(LAST_PERSON);
/** The database of whoever was signed in last; opens before the server has been asked. */
export const dbOfLastPerson = (): TerreinDb => new TerreinDb(databaseName(lastPerson()));

/**
 * What a terrain shows to another role, for as long as somebody looks with its eyes. Begun empty, thrown away after,
 * and never written to: nothing of it reaches anybody's own copy.
 */
const SEEING = 'terrein.seeing';
export const dbForSeeing = (): TerreinDb => new TerreinDb(SEEING);
export const isSeeing = (db: TerreinDb): boolean => db.name === SEEING;
export const dropSeeing = (): Promise<void> => Dexie.delete(SEEING);

const VISITOR = 'visitor';
export const databaseName = (personId: string | null): string => `terrein.${personId ?? VISITOR}`;

/** Whose copy a database of this name is; null for the visitor's. */
export function personOf(name: string): string | null {
  const person = name.slice('terrein.'.length);
  return person === VISITOR ? null : person;
}
