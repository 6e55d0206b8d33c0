import type { ResultOf } from 'gql.tada';
import { execute } from '../api/client';
import { changesQuery, terrainsQuery, viewerQuery } from '../api/operations/reads';
import { commentFrom, issueFrom, terrainFrom } from '../api/rows';
import type { Viewer } from '../domain/person';
import type { Terrain } from '../domain/place';
import type { FeedState, TerreinDb } from '../store/db';

export type ChangePage = ResultOf<typeof changesQuery>['changes'];
type Node = NonNullable<ChangePage['items'][number]['node']>;

/** Reads one page of a terrain's feed; the seam where tests put a feed of their own. */
export type ReadChanges = (terrainId: string, since: string | null, first: number) => Promise<ChangePage>;

/** Rows to a page: what the server's limit on the cost of one question allows. */
const PAGE = 1000;

const readChanges: ReadChanges = async (terrain, since, first) =>
  (await execute(changesQuery, { terrain, since, first })).changes;

/**
 * Reads the feed of a terrain to its end. Each page is one transaction with its cursor, so a break anywhere
 * loses nothing and repeats are harmless.
 */
export async function pullTerrain(
  db: TerreinDb,
  terrainId: string,
  read: ReadChanges = readChanges,
): Promise<void> {
  for (;;) {
    const state = (await db.feed.get(terrainId)) ?? fresh(terrainId);
    const page = await read(terrainId, state.cursor, PAGE);
    const restart = page.resync && !state.sweeping;
    const next: FeedState = {
      terrainId,
      cursor: page.cursor,
      sweep: restart ? state.sweep + 1 : state.sweep,
      sweeping: restart || state.sweeping,
      completeAt: state.completeAt,
    };
    await db.transaction('rw', [db.terrain, db.feed, db.detail, ...db.feedTables], async () => {
      for (const item of page.items) {
        if (item.node) await put(db, terrainId, next.sweep, item.node);
        else await remove(db, item.id);
      }
      if (!page.more) {
        if (next.sweeping) await dropUnmet(db, next);
        next.sweeping = false;
        next.completeAt = Date.now();
      }
      await db.feed.put(next);
    });
    if (!page.more) return;
  }
}

const fresh = (terrainId: string): FeedState => ({
  terrainId,
  cursor: null,
  sweep: 1,
  sweeping: true,
  completeAt: null,
});

async function dropUnmet(db: TerreinDb, { terrainId, sweep }: FeedState): Promise<void> {
  for (const table of db.feedTables) {
    await table
      .where('terrainId')
      .equals(terrainId)
      .filter((row) => row.sweep < sweep)
      .delete();
  }
}

async function put(db: TerreinDb, terrainId: string, sweep: number, node: Node): Promise<void> {
  const at = { terrainId, sweep };
  switch (node.__typename) {
    case 'Terrain':
      await db.terrain.put(terrainFrom(node));
      break;
    case 'Issue':
      await db.issue.put({ ...issueFrom(node, terrainId), ...at });
      break;
    case 'IssueComment':
      await db.comment.put({ ...commentFrom(node, terrainId), ...at });
      break;
    case 'Plot': {
      const { id, key, section, number, areaM2, geometry } = node;
      await db.plot.put({ id, key, section, number, areaM2, geometry, ...at });
      break;
    }
    case 'Address': {
      const { id, label, street, houseNumber, geometry } = node;
      await db.address.put({ id, label, street, houseNumber, geometry, ...at });
      break;
    }
    case 'Company': {
      const { id, name, addressLabel, sbiCode, companyGeometry, mine } = node;
      await db.company.put({
        id,
        name,
        addressLabel: addressLabel ?? null,
        sbiCode: sbiCode ?? null,
        geometry: companyGeometry ?? null,
        mine,
        ...at,
      });
      break;
    }
    case 'Occupancy':
      await db.occupancy.put({
        id: node.id,
        companyId: node.occupant.id,
        plotId: node.plot?.id ?? null,
        kind: node.occupancyKind,
        ...at,
      });
      break;
    case 'Infrastructure':
      await db.infrastructure.put({
        id: node.id,
        kind: node.infrastructureKind,
        name: node.infrastructureName ?? null,
        geometry: node.geometry,
        ...at,
      });
      break;
    // Buildings come from the tiles; support stands on its issue.
    default:
      break;
  }
}

async function remove(db: TerreinDb, id: string): Promise<void> {
  await Promise.all([
    ...db.feedTables.map((table) => table.delete(id)),
    db.terrain.delete(id),
    db.detail.delete(id),
  ]);
}

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
    seen.push(...terrains.edges.map(({ node }) => terrainFrom(node)));
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
          terrainId: terrain?.id ?? null,
        })),
      }
    : null;
}
