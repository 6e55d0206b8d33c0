import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { TalkPage, WalkPage } from '../pages/walk';
import { ask } from '../support/graph';
import { faultsOf } from '../support/faults';
import { keptForOffline } from '../support/offline';
import { Server } from '../support/server';
import { database, kept } from '../support/store';

interface Place {
  id: string;
  name: string;
  geometry: { coordinates: [number, number] } | null;
}
interface Covered {
  company: Place;
  lastSpokenOn: string | null;
  conversations: number;
}
interface Coverage {
  node: {
    coverage: { edges: { node: Covered }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  };
}

test('a round without a network: whom to speak to next, a talk, a question, a promise; and all of it arrives', async ({
  visit,
  shoot,
}) => {
  test.setTimeout(300_000);
  // A server of its own, for it is stopped halfway.
  const server = await Server.start();
  try {
    const page = await visit({
      device: 'phone',
      options: {
        baseURL: server.url,
        geolocation: AT_THE_START,
        permissions: ['geolocation'],
        viewport: { width: 360, height: 640 },
        reducedMotion: 'reduce',
      },
    });
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await signIn(page, server);
    const spoken = await round(page, server, shoot);
    expect(errors).toEqual([]);
    const desk = await visit({ device: 'desk', options: { baseURL: server.url } });
    await signIn(desk, server);
    await secondDevice(desk, spoken, shoot);
  } finally {
    await server.stop();
  }
});

const AT_THE_START = { latitude: 51.8045, longitude: 5.0825, accuracy: 6 };
const PROMISE = 'Uitzoeken wie de sleutel van de slagboom heeft';
const NEEDS = 'Laadplek voor twee elektrische trekkers';

async function signIn(page: Page, server: Server): Promise<void> {
  await page.goto(await server.signInLink(PEOPLE.aanjager));
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
}

async function round(
  page: Page,
  server: Server,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<Place> {
  const terrain = await new TerrainPage(page).ready();
  const terrainId = terrain.id;
  const companies = (await coverageOf(page, terrainId))
    .filter(({ lastSpokenOn }) => lastSpokenOn === null)
    .map(({ company }) => company);
  const before = await heldOf(page, terrainId);
  const here: [number, number] = [AT_THE_START.longitude, AT_THE_START.latitude];
  const nearest = nearestTo(here, companies);
  // Promised before today, to somebody in this street; due now.
  await ask(page, 'mutation ($input: MakePromiseInput!) { makePromise(input: $input) { __typename } }', {
    input: {
      commandId: randomUUID(),
      promiseId: `promise:${randomUUID()}`,
      terrainId,
      companyId: nearest.id,
      text: PROMISE,
      ownedBy: 'US',
      dueOn: new Date().toISOString().slice(0, 10),
    },
  });
  const name = await database(page);
  await expect
    .poll(async () => (await kept(page, name, 'promise')).map(({ text }) => text), { timeout: 20_000 })
    .toContain(PROMISE);
  await keptForOffline(page);

  // No network, and nobody who would answer.
  await page.context().setOffline(true);
  await server.pause();
  await page.reload();
  await terrain.ready();
  const walk = new WalkPage(page);
  await walk.open.tap();
  await expect(walk.root).toBeVisible();
  await expect(walk.next).toContainText(nearest.name);
  await expect(walk.next).toContainText('nog nooit gesproken');
  await expect(walk.promise(PROMISE)).toBeVisible();
  await shoot(page, 'ronde/1-begin');
  await walk.start.tap();
  await expect(walk.stop).toBeVisible();
  // The main act lies within the reach of a thumb.
  const act = await walk.record.boundingBox();
  expect(act && act.y + act.height / 2).toBeGreaterThan(320);
  expect(act && act.y + act.height).toBeLessThanOrEqual(640);
  await sound(page, 'ronde');

  // Along the street: the route grows, and the list follows.
  const way: [number, number][] = [];
  for (let step = 1; step <= 12; step += 1) {
    const at: [number, number] = [here[0] + step * 1.4e-4, here[1] + step * 0.4e-4];
    way.push(at);
    // Told again until it is taken up: nobody covers this in less than a second.
    let told = 0;
    await expect
      .poll(
        async () => {
          const accuracy = 5 + (told++ % 2) / 10;
          await page.context().setGeolocation({ longitude: at[0], latitude: at[1], accuracy });
          return Number(await walk.line.getAttribute('data-points'));
        },
        { intervals: [300] },
      )
      .toBeGreaterThanOrEqual(step);
  }
  const there = nearestTo(way[way.length - 1] ?? here, companies);
  await expect(walk.next).toContainText(there.name);
  await expect(page.getByText(/^Je route blijft op dit toestel\./)).toBeAttached();
  await shoot(page, 'ronde/2-onderweg');

  // A talk, kept at each key: also when the phone gives up halfway.
  await walk.record.tap();
  const talk = new TalkPage(page);
  await expect(talk.root.getByRole('heading', { level: 2 })).toHaveText(`Gesprek met ${there.name}`);
  await talk.answer('Hoe is het nu?').fill('Twintig man, twee ploegen');
  await talk.question('Wat is er nodig?').first().tap();
  await talk.answer('Wat is er nodig?').fill(NEEDS);
  await expect(talk.root.getByText(/bewaard \d\d:\d\d/)).toBeVisible();
  await page.reload();
  await expect(talk.question('Hoe is het nu?').first()).toContainText('Twintig man, twee ploegen');
  await expect(talk.question('Wat is er nodig?').first()).toContainText(NEEDS);
  await talk.sharing('Delen zonder bedrijfsnaam');
  await talk.root.getByRole('button', { name: 'Misschien' }).tap();
  await talk.root.getByRole('button', { name: 'Uren' }).tap();
  await talk.root.getByRole('textbox', { name: 'Wat is toegezegd?' }).fill('Tekening van het terrein sturen');
  await talk.root.getByRole('textbox', { name: 'Notitie voor jezelf' }).fill('Vraag naar de zoon');
  await shoot(page, 'ronde/3-gesprek');
  await sound(page, 'gesprek');
  await talk.save.tap();
  await expect(page.getByText('Gesprek staat op dit toestel')).toBeVisible();
  await expect(walk.next).not.toContainText(there.name);
  // Who has been spoken to, in the list and on the map.
  await walk.coverage.locator('summary').tap();
  await expect(walk.covered(there.id)).toContainText('laatst gesproken');
  await expect(walk.covered(nearest.id)).not.toContainText('laatst gesproken');
  await expect(page.locator('.walk-dot:not(.spoken)').first()).toBeAttached();
  await expect(page.locator('.walk-dot.spoken').first()).toBeAttached();
  await walk.covered(there.id).scrollIntoViewIfNeeded();
  await shoot(page, 'ronde/4-wie-gesproken');
  await walk.coverage.locator('summary').tap();

  // A question that only somebody on the spot can answer.
  const quest = walk.quest('COMPANY_PRESENT');
  const asked = await quest.getByText(/^Zit .* hier nog\?$/).innerText();
  await quest.getByRole('button', { name: 'Ja', exact: true }).tap();
  await expect(page.getByText('Antwoord staat op dit toestel')).toBeVisible();
  await expect(walk.root.getByText(asked)).toHaveCount(0);

  // What was promised is done.
  await walk
    .promise(PROMISE)
    .getByRole('button', { name: /^Gedaan/ })
    .tap();
  await expect(walk.promise(PROMISE)).toHaveCount(0);
  await walk.stop.tap();
  await shoot(page, 'ronde/5-klaar');
  await page.getByRole('button', { name: 'Dagverslag' }).tap();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dagverslag');
  await expect(page.getByText('4 dingen zijn nog onderweg')).toBeVisible();
  await shoot(page, 'ronde/6-verslag-onderweg');
  await sound(page, 'dagverslag');

  // Back in reach: everything arrives, and nothing of the way that was gone.
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await server.goOn();
  await page.context().setOffline(false);
  await expect(
    page.getByText('1 gesprek, 1 toezegging, 1 antwoord van de plek, 1 wijziging aangekomen'),
  ).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Alles van vandaag staat op de server.')).toBeVisible();
  await expect(page.getByText(/Nagekeken met de server om \d\d:\d\d/)).toBeVisible({ timeout: 20_000 });
  await shoot(page, 'ronde/7-verslag-aangekomen');
  expect((await kept(page, name, 'outbox')).length).toBe(0);
  expect(sent.some((text) => text.includes(NEEDS))).toBe(true);
  for (const [lon] of way) expect(sent.filter((text) => text.includes(lon.toFixed(4)))).toEqual([]);

  // What the server holds, by its own word, is what the report says.
  const held = await heldOf(page, terrainId);
  const come = <Row extends { id: string }>(now: Row[], then: Row[]): Row[] =>
    now.filter(({ id }) => then.every((row) => row.id !== id));
  const bare = (rows: { id: string }[]): object[] =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'id')));
  expect(bare(come(held.conversations, before.conversations))).toEqual([
    {
      company: { name: there.name },
      needs: NEEDS,
      willingness: 'MAYBE',
      willingnessForms: ['HOURS'],
      sharing: 'WITHOUT_NAME',
      privateNote: 'Vraag naar de zoon',
    },
  ]);
  expect(held.promises.find(({ text }) => text === PROMISE)?.doneAt).not.toBeNull();
  expect(held.promises.find(({ text }) => text.startsWith('Tekening'))?.doneAt).toBeNull();
  expect(bare(come(held.observations, before.observations))).toEqual([
    { question: 'COMPANY_PRESENT', answer: 'YES' },
  ]);
  const now = (await coverageOf(page, terrainId)).find(({ company }) => company.id === there.id);
  expect(now).toMatchObject({ conversations: 1, lastSpokenOn: dayHere() });

  // The route can be handed on by one's own hand, and wiped; it never was anywhere else.
  const points = await kept(page, name, 'walkPoint');
  expect(points.length).toBeGreaterThan(8);
  await page.goto(`/terrein/${terrainId.split(':')[1] ?? ''}/ronde`);
  const file = page.waitForEvent('download');
  await walk.root.getByRole('button', { name: 'Deel route' }).tap();
  const gpx = await readFile(await (await file).path(), 'utf8');
  expect(gpx.match(/<trkpt /g)).toHaveLength(points.length);
  await walk.root.getByRole('button', { name: 'Wis route' }).tap();
  await page.getByRole('dialog').getByRole('button', { name: 'Wis route' }).tap();
  await expect.poll(async () => (await kept(page, name, 'walkPoint')).length).toBe(0);
  return there;
}

/** Today where the phone is. */
const dayHere = (): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(new Date());

/** Another device of the same person: it knows what was said, promised and seen. */
async function secondDevice(
  page: Page,
  spoken: Place,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  await new TerrainPage(page).ready();
  const walk = new WalkPage(page);
  await walk.open.click();
  const side = page.getByRole('complementary', { name: 'Ronde' });
  await expect(side.getByText('Tekening van het terrein sturen')).toHaveCount(0);
  await side.getByRole('button', { name: 'Ander bedrijf' }).click();
  await side.getByRole('searchbox', { name: 'Zoek een bedrijf' }).fill(spoken.name);
  const found = side.getByRole('list', { name: 'Ander bedrijf' }).getByRole('listitem');
  await expect(found.first()).toContainText('laatst gesproken');
  await found.first().getByRole('button').click();
  await page.getByText(/^Vorige keer/).click();
  await expect(page.getByText(NEEDS).first()).toBeVisible();
  await expect(page.getByText('Vraag naar de zoon')).toBeVisible();
  await shoot(page, 'ronde/8-ander-toestel');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'ronde/9-donker');
  await page
    .getByRole('region', { name: 'Gesprek', exact: true })
    .getByRole('button', { name: 'Terug' })
    .click();
  await side.locator('[data-coverage] summary').click();
  await expect(side.locator(`[data-covered="${spoken.id}"]`)).toContainText('laatst gesproken');
  await shoot(page, 'ronde/10-donker-ronde');
}

/** Nothing axe objects to, and nothing a thumb would miss. */
const sound = async (page: Page, screen: string): Promise<void> =>
  expect(await faultsOf(page, 'phone'), screen).toEqual([]);

/** Who was spoken to, by the server's word. */
async function coverageOf(page: Page, id: string): Promise<Covered[]> {
  const found: Covered[] = [];
  let after: string | null = null;
  do {
    const { node }: Coverage = await ask<Coverage>(
      page,
      `query ($id: ID!, $after: String) { node(id: $id) { ... on Terrain {
        coverage(first: 100, after: $after) {
          edges { node { company { id name geometry } lastSpokenOn conversations } } pageInfo { hasNextPage endCursor }
        }
      } } }`,
      { id, after },
    );
    found.push(...node.coverage.edges.map((edge) => edge.node));
    after = node.coverage.pageInfo.hasNextPage ? node.coverage.pageInfo.endCursor : null;
  } while (after);
  return found;
}

function nearestTo([lon, lat]: [number, number], companies: Place[]): Place {
  const away = ({ geometry }: Place): number => {
    const [x, y] = geometry?.coordinates ?? [0, 0];
    return Math.hypot((x - lon) * Math.cos((lat * Math.PI) / 180), y - lat);
  };
  const [first] = [...companies].filter(({ geometry }) => geometry).sort((a, b) => away(a) - away(b));
  if (!first) throw new Error('no company has a place');
  return first;
}

interface Held {
  conversations: { id: string }[];
  promises: { id: string; text: string; doneAt: string | null }[];
  observations: { id: string }[];
}

async function heldOf(page: Page, id: string): Promise<Held> {
  const { node } = await ask<{
    node: Record<keyof Held, { edges: { node: never }[] }>;
  }>(
    page,
    `query ($id: ID!) { node(id: $id) { ... on Terrain {
      conversations(first: 50) { edges { node {
        id company { name } needs willingness willingnessForms sharing privateNote
      } } }
      promises(first: 50) { edges { node { id text doneAt } } }
      observations(first: 50) { edges { node { id question answer } } }
    } } }`,
    { id },
  );
  const of = (name: keyof Held): never[] => node[name].edges.map((edge) => edge.node);
  return { conversations: of('conversations'), promises: of('promises'), observations: of('observations') };
}
