import type { Table } from 'dexie';
import type { ResultOf } from 'gql.tada';
import { execute } from '../api/client';
import { changesQuery, firstIssuesQuery, terrainsQuery, viewerQuery } from '../api/operations/reads';
import {
  commentFrom,
  conversationFrom,
  issueFrom,
  observationFrom,
  photoFrom,
  promiseFrom,
  terrainFrom,
  voiceNoteFrom,
} from '../api/rows';
import { anchorOf, type Geometry } from '../domain/geo';
import type { Permission } from '../domain/issue';
import type { Viewer } from '../domain/person';
import type { Building } from '../domain/walk';
import type { Address, Company, Infrastructure, Occupancy, Plot, Terrain } from '../domain/place';
import { isSeeing, type FeedState, type Kept, type TerreinDb } from '../store/db';
import { forgetTiles } from './forget-tiles';

export type ChangePage = ResultOf<typeof changesQuery>['changes'];
/** A row of the feed, or of what was asked ahead of it; without a node: gone. */
export interface Item {
  id: string;
  node?: Node | null;
}
export type Node = NonNullable<ChangePage['items'][number]['node']>;

/** Reads one page of a terrain's feed; the seam where tests put a feed of their own. */
export type ReadChanges = (terrainId: string, since: string | null, first: number) => Promise<ChangePage>;

/** Rows to a page: what the server's limit on the cost of one question allows. */
const PAGE = 1000;

/** What the map draws from its rows; pins stand on it, and change more often. */
const DRAWN = /^(terrain|plot|building|address|infrastructure):/;

/** Rows laid down in one go: for as long as that takes a slow phone does nothing else. */
const AT_ONCE = 100;

const readChanges: ReadChanges = async (terrain, since, first) =>
  (await execute(changesQuery, { terrain, since, first })).changes;

/** What a terrain and its newest issues are, at once; nothing when it is not to be seen. */
export type ReadFirst = (terrainId: string) => Promise<Item[]>;

/** As many as a list shows before somebody scrolls. */
const FIRST = 60;

const readFirst: ReadFirst = async (id) => {
  const { terrain } = await execute(firstIssuesQuery, { terrain: id, first: FIRST });
  const nodes = terrain ? [terrain, ...terrain.issues.edges.map((edge) => edge.node)] : [];
  return nodes.map((node) => ({ id: node.id, node }));
};
const nothing: ReadFirst = () => Promise.resolve([]);

/**
 * Reads the feed of a terrain to its end. Each page is one transaction with its cursor, so a break anywhere
 * loses nothing and repeats are harmless. True when rights had changed since.
 */
export async function pullTerrain(
  db: TerreinDb,
  terrainId: string,
  read: ReadChanges = readChanges,
  first: ReadFirst = read === readChanges ? readFirst : nothing,
): Promise<boolean> {
  let resynced = false;
  for (;;) {
    const state = (await db.feed.get(terrainId)) ?? fresh(terrainId);
    // The feed comes to issues last: where nothing is there yet, a list need not wait for that.
    const asked = state.begun || state.cursor !== null || state.completeAt !== null;
    const begun = asked ? state.begun : begin(db, state, first).catch(() => false);
    const page = await read(terrainId, state.cursor, PAGE);
    const restart = page.resync && !state.sweeping;
    // Rights changed: what was drawn for the old ones goes with them, and what screens kept of the last time.
    if (restart) {
      await forgetTiles();
      await db.setting
        .where('key')
        .startsWith('seen.')
        .filter(({ key }) => key.endsWith(`.${terrainId}`))
        .delete();
    }
    resynced ||= restart && state.completeAt !== null;
    const next: FeedState = {
      terrainId,
      cursor: page.cursor,
      sweep: restart ? state.sweep + 1 : state.sweep,
      sweeping: restart || state.sweeping,
      completeAt: state.completeAt,
      mapAt: page.items.some(({ id }) => DRAWN.test(id)) ? Date.now() : state.mapAt,
      begun: await begun,
    };
    await db.transaction('rw', [db.terrain, db.feed, db.detail, db.fileCopy, ...db.feedTables], async () => {
      await lay(db, terrainId, next.sweep, page.items);
      if (!page.more) {
        if (next.sweeping) {
          // Who stands behind an issue may be others' to see now: it is read again where it is looked at.
          await db.detail.bulkDelete(await db.issue.where({ terrainId }).primaryKeys());
          await dropUnmet(db, next);
          next.mapAt = Date.now();
        }
        next.sweeping = false;
        next.completeAt = Date.now();
      }
      await db.feed.put(next);
    });
    if (!page.more) return resynced;
  }
}

/** Laid down under no sweep: what the feed does not speak of afterwards goes again. */
async function begin(db: TerreinDb, state: FeedState, first: ReadFirst): Promise<boolean> {
  const { terrainId } = state;
  const items = await first(terrainId);
  if (items.length === 0) return false;
  await db.transaction('rw', [db.terrain, db.issue, db.feed], async () => {
    await lay(db, terrainId, 0, items);
    await db.feed.put({ ...state, begun: true });
  });
  return true;
}

const fresh = (terrainId: string): FeedState => ({
  terrainId,
  cursor: null,
  sweep: 1,
  sweeping: true,
  completeAt: null,
  mapAt: null,
});

export async function dropUnmet(db: TerreinDb, { terrainId, sweep }: FeedState): Promise<void> {
  for (const table of db.feedTables) {
    await table
      .where('terrainId')
      .equals(terrainId)
      .filter((row) => row.sweep < sweep)
      .delete();
  }
}

/**
 * Lays a page down table by table: a thousand rows one by one would take seconds. Of a thing that stands on the
 * page twice the last word counts.
 */
export async function lay(
  db: TerreinDb,
  terrainId: string,
  sweep: number,
  items: readonly Item[],
): Promise<void> {
  const last = new Map(items.map(({ id, node }) => [id, node]));
  const gone: string[] = [];
  const rows = new Map<Table, unknown[]>();
  for (const [id, node] of last) {
    if (!node) gone.push(id);
    const found = node && rowOf(db, terrainId, sweep, node);
    if (!found) continue;
    const [table, row] = found;
    const there = rows.get(table);
    if (there) there.push(row);
    else rows.set(table, [row]);
  }
  if (gone.length > 0)
    await Promise.all(
      [...db.feedTables, db.terrain, db.detail, db.fileCopy].map((table) => table.bulkDelete(gone)),
    );
  for (const [table, made] of rows)
    for (let from = 0; from < made.length; from += AT_ONCE)
      await table.bulkPut(made.slice(from, from + AT_ONCE));
}

/** Where a thing of the feed is kept, and how; null for what stands on something else, or in the tiles. */
function rowOf(db: TerreinDb, terrainId: string, sweep: number, node: Node): [Table, unknown] | null {
  const at = { terrainId, sweep };
  switch (node.__typename) {
    case 'Terrain':
      return [db.terrain, isSeeing(db) ? onlyLooking(terrainFrom(node)) : terrainFrom(node)];
    case 'Issue': {
      const issue = issueFrom(node, terrainId);
      if (isSeeing(db)) issue.viewerCan = denied(issue.viewerCan);
      return [db.issue, { ...issue, ...at }];
    }
    case 'IssueComment':
      return [db.comment, { ...commentFrom(node, terrainId), ...at }];
    case 'Conversation':
      return [db.conversation, { ...conversationFrom(node, terrainId), ...at }];
    case 'Promise':
      return [db.promise, { ...promiseFrom(node, terrainId), ...at }];
    case 'Observation':
      return [db.observation, { ...observationFrom(node, terrainId), ...at }];
    case 'Building': {
      // A walk asks about it where it stands; its shape is what a pack draws.
      const row: Kept<Building> & { geometry: Geometry } = {
        id: node.id,
        uses: node.uses,
        geometry: node.buildingGeometry,
        at: anchorOf(node.buildingGeometry),
        ...at,
      };
      return [db.building, row];
    }
    case 'Photo': {
      const photo = photoFrom(node, terrainId);
      if (isSeeing(db)) photo.viewerCan = denied(photo.viewerCan);
      return [db.photo, { ...photo, ...at }];
    }
    case 'VoiceNote': {
      const note = voiceNoteFrom(node, terrainId);
      if (isSeeing(db)) note.viewerCan = denied(note.viewerCan);
      return [db.voiceNote, { ...note, ...at }];
    }
    case 'Plot': {
      const { id, key, section, number, areaM2, geometry } = node;
      return [db.plot, { id, key, section, number, areaM2, geometry, ...at } satisfies Kept<Plot>];
    }
    case 'Address': {
      const { id, label, street, houseNumber, geometry } = node;
      return [db.address, { id, label, street, houseNumber, geometry, ...at } satisfies Kept<Address>];
    }
    case 'Company': {
      const { id, name, addressLabel, sbiCode, companyGeometry, mine } = node;
      const row: Kept<Company> = {
        id,
        name,
        addressLabel: addressLabel ?? null,
        sbiCode: sbiCode ?? null,
        geometry: companyGeometry ?? null,
        mine,
        ...at,
      };
      return [db.company, row];
    }
    case 'Occupancy': {
      const row: Kept<Occupancy> = {
        id: node.id,
        companyId: node.occupant.id,
        plotId: node.plot?.id ?? null,
        kind: node.occupancyKind,
        ...at,
      };
      return [db.occupancy, row];
    }
    case 'Infrastructure': {
      const row: Kept<Infrastructure> = {
        id: node.id,
        kind: node.infrastructureKind,
        name: node.infrastructureName ?? null,
        geometry: node.geometry,
        ...at,
      };
      return [db.infrastructure, row];
    }
    // Support stands on its issue.
    default:
      return null;
  }
}

/** Whoever looks with the eyes of another role changes nothing, whatever that role may do. */
const ONLY_LOOKING: Permission = { allowed: false, reason: 'SEEING_AS' };
const denied = <Can extends Record<string, Permission>>(can: Can): Can =>
  Object.fromEntries(Object.keys(can).map((act) => [act, ONLY_LOOKING])) as Can;
const onlyLooking = (terrain: Terrain): Terrain => ({
  ...terrain,
  canReport: ONLY_LOOKING,
  canTalk: ONLY_LOOKING,
});

/** The terrains this person may see; rights taken away leave the device too. */
export async function pullTerrains(db: TerreinDb): Promise<void> {
  const seen: Terrain[] = [];
  let after: string | null = null;
  do {
    const { terrains }: ResultOf<typeof terrainsQuery> = await execute(terrainsQuery, {
      first: 200,
      after,
      text: null,
    });
    const rows = terrains.edges.map(({ node }) => terrainFrom(node));
    seen.push(...(isSeeing(db) ? rows.map(onlyLooking) : rows));
    after = terrains.pageInfo.hasNextPage ? (terrains.pageInfo.endCursor ?? null) : null;
  } while (after);
  const kept = new Set(seen.map(({ id }) => id));
  await db.transaction('rw', db.terrain, async () => {
    await db.terrain.filter(({ id }) => !kept.has(id)).delete();
    await db.terrain.bulkPut(seen);
  });
}

/** Who is signed in on this device according to the server; null for a visitor. */
export async function pullViewer(): Promise<Viewer | null> {
  const { viewer } = await execute(viewerQuery, {}, true);
  return viewer
    ? {
        ...viewer,
        memberships: viewer.memberships.map(({ role, organisation, terrain }) => ({
          role,
          organisation: organisation.name,
          organisationId: organisation.id,
          terrainId: terrain?.id ?? null,
        })),
      }
    : null;
}
