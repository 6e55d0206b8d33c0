import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { ask } from '../support/graph';
import { layDown, PER_VERSION, SHIPPED } from '../support/old-copies';
import { pinRow, uuidv7, type Row } from '../support/outbox';
import { database, kept } from '../support/store';

const WHO = '{ viewer { id name email language } terrains(first: 1) { edges { node { id } } } }';
interface Who {
  viewer: { id: string };
  terrains: { edges: [{ node: { id: string } }] };
}
const READ = `query ($id: ID!) { node(id: $id) { ... on Issue {
  title description comments(first: 5) { edges { node { text } } } } } }`;
const WITHDRAW = 'mutation ($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }';
interface Read {
  node: { title: string; description: string | null; comments: { edges: { node: { text: string } }[] } };
}

/** As rows of schema 1 were written: the reason stood as bare text. */
function asFirst(row: Row, reason: string | null = null): object {
  const { parked, ...rest } = row;
  expect(parked).toBeNull();
  return { ...rest, schema: 1, reason };
}
const about = (pin: Row, type: string, input: object): Row => ({
  ...pin,
  commandId: uuidv7(),
  edit: { type, input: { issueId: pin.subject, ...input } },
});

/** A pin that is edited and spoken of, and one alone; what was refused then is kept for its maker. */
function queueOf(version: number, terrainId: string): { pins: [Row, Row]; refused: Row; rows: object[] } {
  const [pin, alone] = [pinRow(terrainId, `Oud ${version}a`), pinRow(terrainId, `Oud ${version}b`, 3)];
  const refused = about(pinRow(terrainId, ''), 'edit-issue', { change: { title: `Oud ${version}c` } });
  const edited = about(pin, 'edit-issue', { change: { description: `Van versie ${version}` } });
  const said = about(pin, 'comment-on-issue', { commentId: `comment:${uuidv7()}`, text: 'Nog steeds' });
  const rows =
    version === 1
      ? [...[pin, edited, said].map((row) => asFirst(row)), asFirst(refused, 'FORBIDDEN'), alone]
      : [pin, edited, said, { ...refused, parked: { code: 'FORBIDDEN', field: null, at: alone.by } }, alone];
  return { pins: [pin, alone], refused, rows };
}

const versionOf = (page: Page, name: string): Promise<number> =>
  page.evaluate(
    async (wanted) => (await indexedDB.databases()).find((there) => there.name === wanted)?.version ?? 0,
    name,
  );

for (const version of Object.keys(SHIPPED).map(Number))
  test(`a queue that version ${version} of the copy left behind is sent by the app of today`, async ({
    visit,
  }) => {
    const page = await visit({ device: 'phone', as: 'aanjager' });
    // Of this origin, and nothing of the app in it.
    await page.goto('/icon.svg');
    const { viewer, terrains } = await ask<Who>(page, WHO);
    const terrainId = terrains.edges[0].node.id;
    const { pins, refused, rows } = queueOf(version, terrainId);
    await layDown(page, version, viewer.id, {
      outbox: rows,
      setting: [{ key: 'viewer', value: { ...viewer, memberships: [] } }],
    });

    await page.goto('/wachtrij');
    const name = await database(page);
    await expect.poll(async () => (await kept(page, name, 'outbox')).length, { timeout: 30_000 }).toBe(1);
    const [left] = await kept(page, name, 'outbox');
    expect(left?.['commandId']).toBe(refused.commandId);
    await expect(page.getByRole('main').getByRole('listitem')).toContainText('Dit mag niet met jouw rol');
    const [both, alone] = await Promise.all(
      pins.map(({ subject }) => ask<Read>(page, READ, { id: subject })),
    );
    expect(both?.node).toMatchObject({
      title: `Oud ${version}a`,
      description: `Van versie ${version}`,
      comments: { edges: [{ node: { text: 'Nog steeds' } }] },
    });
    expect(alone?.node.title).toBe(`Oud ${version}b`);
    // Other tests look for pins of their own there.
    for (const { subject } of pins)
      await ask(page, WITHDRAW, { input: { commandId: uuidv7(), issueId: subject } });
    // Every version that was there before the present one has a copy here.
    const present = (await versionOf(page, name)) / PER_VERSION;
    expect(Object.keys(SHIPPED).map(Number)).toEqual(
      expect.arrayContaining(Array.from({ length: present - 1 }, (_, index) => index + 1)),
    );
  });
