import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

/** Asks the graph from inside a page, as whoever is signed in there. */
export async function ask<Data>(page: Page, query: string, variables: object = {}): Promise<Data> {
  return send(page, { query, variables });
}

async function send<Data>(page: Page, question: object): Promise<Data> {
  return page.evaluate(async (body) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { data?: unknown; errors?: unknown };
    if (!answer.data || answer.errors) throw new Error(JSON.stringify(answer));
    return answer.data as never;
  }, question);
}

/** The app's own question for the feed, by the name under which the server keeps it: that may read a thousand rows at once. */
async function changesDocument(): Promise<string> {
  const path = join(import.meta.dirname, '../../../pwa/src/api/generated/persisted.json');
  const documents = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  const id = Object.keys(documents).find((key) => documents[key]?.startsWith('query Changes('));
  if (!id) throw new Error('the app keeps no question for the feed');
  return id;
}

/** Every id the feed of a terrain speaks of, from the beginning to its end. */
export async function idsInFeed(page: Page, terrain: string): Promise<Set<string>> {
  const ids = new Set<string>();
  const documentId = await changesDocument();
  let since: string | null = null;
  for (;;) {
    const { changes }: { changes: { cursor: string; more: boolean; items: { id: string }[] } } = await send(
      page,
      { documentId, operationName: 'Changes', variables: { terrain, since, first: 1000 } },
    );
    for (const { id } of changes.items) ids.add(id);
    if (!changes.more) return ids;
    since = changes.cursor;
  }
}

interface IssuePage {
  node: {
    issues: {
      edges: { node: { title: string | null } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  } | null;
}

/** The issues a caller is given on a terrain, by the plain list, to its end. */
export async function titlesInGraph(page: Page, terrainId: string): Promise<(string | null)[]> {
  const titles: (string | null)[] = [];
  let after: string | null = null;
  do {
    const { node }: IssuePage = await ask<IssuePage>(
      page,
      `query ($id: ID!, $after: String) { node(id: $id) { ... on Terrain {
        issues(first: 100, after: $after) { edges { node { title } } pageInfo { hasNextPage endCursor } }
      } } }`,
      { id: terrainId, after },
    );
    titles.push(...(node?.issues.edges.map((edge) => edge.node.title) ?? []));
    after = node?.issues.pageInfo.hasNextPage ? node.issues.pageInfo.endCursor : null;
  } while (after);
  return titles;
}

/** How many issues the server says are open on a terrain, for whoever is signed in here. */
export async function openInGraph(page: Page, terrainId: string): Promise<number> {
  const { node } = await ask<{ node: { counts: { openIssues: number } } }>(
    page,
    'query ($id: ID!) { node(id: $id) { ... on Terrain { counts { openIssues } } } }',
    { id: terrainId },
  );
  return node.counts.openIssues;
}

/** Whether the node itself is given. */
export async function isThere(page: Page, id: string): Promise<boolean> {
  const { node } = await ask<{ node: { id: string } | null }>(
    page,
    'query ($id: ID!) { node(id: $id) { id } }',
    {
      id,
    },
  );
  return node !== null;
}

/** The tiles of issues around a place (degrees), at three zooms, as the text their bytes hold. */
export async function issueTiles(
  page: Page,
  { latitude, longitude }: { latitude: number; longitude: number },
): Promise<string> {
  const paths = [12, 14, 16].flatMap((z) => {
    const x = ((longitude + 180) / 360) * 2 ** z;
    const rad = (latitude * Math.PI) / 180;
    const y = ((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * 2 ** z;
    // The neighbours too: a pin beside a tile's edge lies in the next one.
    return [-1, 0, 1].flatMap((dx) =>
      [-1, 0, 1].map((dy) => `/tiles/issue/${z}/${Math.floor(x) + dx}/${Math.floor(y) + dy}`),
    );
  });
  return page.evaluate(async (addresses) => {
    const texts = await Promise.all(
      addresses.map(async (address) => {
        // Past the app's own cache, which shows what it had before.
        const response = await fetch(`${address}?fresh`, { cache: 'no-store' });
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        return response.text();
      }),
    );
    return texts.join('\n');
  }, paths);
}
