import type { BrowserContextOptions, Page } from '@playwright/test';
import { expect, PEOPLE, test, type Visit } from '../fixtures';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { ask, titlesInGraph } from '../support/graph';
import { shellKept } from '../support/offline';
import { queue } from '../support/outbox';
import { Server } from '../support/server';
import { countKept, database, kept } from '../support/store';

// What waits outlives what happens to a device in the field. A server of its own: these pins would stand in the way of other tests.
let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

const options = (more: BrowserContextOptions = {}): Visit => ({
  device: 'phone',
  options: { baseURL: server.url, geolocation: AT_THE_DIKE, ...more },
});

/** Signs in on this device and waits on the terrain until the app opens without a network. */
async function enter(page: Page, email: string = PEOPLE.aanjager): Promise<TerrainPage> {
  await page.goto(await server.signInLink(email));
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
  const terrain = await new TerrainPage(page).ready();
  await shellKept(page);
  return terrain;
}

/** Pins that were made out of reach, in the queue of a page that is shown again. */
async function queued(page: Page, terrain: TerrainPage, count: number, title: string): Promise<string[]> {
  await page.context().setOffline(true);
  const rows = await queue(page, terrain.id, count, title);
  await page.reload();
  await terrain.ready();
  await expect(waiting(page, count)).toBeVisible();
  return rows.map((row) => row.commandId);
}
const waiting = (page: Page, count: number) =>
  page.getByText(
    count === 1 ? 'Geen bereik. 1 pin wacht op bereik' : `Geen bereik. ${count} pins wachten op bereik`,
  );
const left = async (page: Page): Promise<number> => countKept(page, await database(page), 'outbox');
const empty = (page: Page): Promise<void> =>
  expect.poll(() => left(page), { timeout: 30_000, intervals: [250] }).toBe(0);
const arrived = async (page: Page, terrain: string, title: string): Promise<string[]> =>
  (await titlesInGraph(page, terrain)).flatMap((told) => (told?.startsWith(title) ? [told] : [])).sort();
const each = (count: number, title: string): string[] =>
  Array.from({ length: count }, (_, index) => `${title} ${index}`).sort();

/** Ends with the pins that the page tells the server of from now on, each with the times it was told. */
async function told(page: Page): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  await page.context().route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as {
      operationName: string;
      variables: { input: { commandId: string } };
    };
    if (body.operationName === 'ReportIssue') {
      const { commandId } = body.variables.input;
      times.set(commandId, (times.get(commandId) ?? 0) + 1);
    }
    await route.fallback();
  });
  return times;
}

test('two tabs that come back into reach send one queue once', async ({ visit }) => {
  const title = 'Twee tabbladen';
  const page = await visit(options());
  const terrain = await enter(page);
  const commands = await queued(page, terrain, 20, title);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await new TerrainPage(other).ready();
  await expect(waiting(other, 20)).toBeVisible();

  const times = await told(page);
  await page.context().setOffline(false);
  await empty(page);
  expect([...times].sort()).toEqual(commands.map((command) => [command, 1]).sort());
  // Both know it.
  for (const tab of [page, other]) await expect(tab.getByText('wachten op bereik')).toHaveCount(0);
  expect(await arrived(page, terrain.id, title)).toEqual(each(20, title));
});

test('a tab that is closed half-way leaves the rest of the queue to the other', async ({ visit }) => {
  const title = 'Dicht halverwege';
  const page = await visit(options());
  const terrain = await enter(page);
  await queued(page, terrain, 20, title);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await new TerrainPage(other).ready();

  // Whichever sends first is closed with its questions still open.
  const sender = new Promise<Page>((resolve) => {
    void page.context().route('**/graphql', async (route) => {
      const request = route.request();
      const { operationName } = request.postDataJSON() as { operationName: string };
      if (operationName === 'ReportIssue') resolve(request.frame().page());
      await route.fallback();
    });
  });
  await page.context().setOffline(false);
  const closed = await sender;
  await closed.close();
  const rest = closed === page ? other : page;
  await empty(rest);
  expect(await arrived(rest, terrain.id, title)).toEqual(each(20, title));
});

test('who signs out with five in the queue is asked twice; they wait on the device, and go when they are back', async ({
  visit,
  shoot,
}) => {
  const title = 'Uitgelogd met vijf';
  const page = await visit(options());
  const terrain = await enter(page);
  const terrainId = terrain.id;
  await queued(page, terrain, 5, title);
  // In reach again, of a server that takes no pins for the moment.
  await page.context().route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON() as { operationName: string };
    if (operationName === 'ReportIssue') await route.fulfill({ status: 503, body: '' });
    else await route.fallback();
  });
  await page.context().setOffline(false);
  await page.goto('/meer');
  await page.getByRole('button', { name: 'Log uit' }).tap();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Er wachten nog 5 wijzigingen');
  await shoot(page, 'queue-life/uitloggen');
  await dialog.getByRole('button', { name: 'Log uit' }).tap();
  await expect(dialog).toContainText('5 wijzigingen blijven afgesloten op dit toestel');
  await dialog.getByRole('button', { name: 'Log toch uit' }).tap();
  await expect(page.getByRole('link', { name: 'Log in' }).first()).toBeVisible();
  await page.context().unroute('**/graphql');

  // Whoever comes next sees none of it, and sends none of it.
  const times = await told(page);
  await enter(page, PEOPLE.ondernemer);
  await expect(page.getByText('op bereik')).toHaveCount(0);
  expect(await left(page)).toBe(0);
  expect(times.size).toBe(0);
  expect(await arrived(page, terrainId, title)).toEqual([]);

  await page.context().clearCookies();
  await enter(page);
  await empty(page);
  expect(await arrived(page, terrainId, title)).toEqual(each(5, title));
});

test('a right that ended while out of reach: what was made under it is kept with the reason, what it showed goes', async ({
  visit,
  shoot,
}) => {
  const title = 'Rol voorbij';
  const role = [
    'tijdelijk@demo.example',
    'project_lead',
    '--organisation',
    'Kadebeton',
    '--terrain',
    'De Hooge Waard',
  ];
  await server.operate('role', 'grant', ...role, '--name', 'Tijdelijke projectleider');
  const page = await visit(options());
  const terrain = await enter(page, 'tijdelijk@demo.example');
  const path = new URL(page.url()).pathname;
  const name = await database(page);
  const seen = await countKept(page, name, 'issue');
  await queued(page, terrain, 2, title);
  await server.operate('role', 'withdraw', ...role);
  await page.context().setOffline(false);

  await expect
    .poll(async () => (await kept(page, name, 'outbox')).filter(({ parked }) => parked).length, {
      timeout: 20_000,
    })
    .toBe(2);
  await page.goto('/wachtrij');
  await expect(page.getByText(`${title} 0`)).toBeVisible();
  await expect(page.getByText('Dit terrein hoort niet bij jouw rol.').first()).toBeVisible();
  await shoot(page, 'queue-life/rol-voorbij');
  // The copy holds what anybody may see, no more.
  await page.goto(path);
  await expect.poll(() => countKept(page, name, 'issue'), { timeout: 20_000 }).toBeLessThan(seen);
  const aanjager = await visit(options());
  const open = await enter(aanjager);
  expect(await arrived(aanjager, open.id, title)).toEqual([]);
});

for (const [years, words] of [
  [2, 'fast'],
  [-2, 'slow'],
] as const)
  test(`a device whose clock is two years ${words} sends what it made, and stays in step`, async ({
    visit,
  }) => {
    const title = `Klok ${words}`;
    const page = await visit(options());
    await page.addInitScript(
      (off) => {
        const Right = Date;
        globalThis.Date = class extends Right {
          constructor(...said: [] | [string | number]) {
            super(said[0] ?? Right.now() + off);
          }
          static override now(): number {
            return Right.now() + off;
          }
        } as DateConstructor;
      },
      years * 365 * 86_400_000,
    );
    const terrain = await enter(page);
    await page.context().setOffline(true);
    const flow = new PinFlow(page);
    await terrain.newPin.tap();
    await flow.kind('Probleem').tap();
    await flow.note.fill(title);
    await flow.save.tap();
    await expect(waiting(page, 1)).toBeVisible();
    const [row] = await kept(page, await database(page), 'outbox');
    const at = Date.parse((row as { by: { at: string } }).by.at);
    expect(Math.abs(at - Date.now())).toBeGreaterThan(600 * 86_400_000);
    await page.context().setOffline(false);
    await empty(page);
    // When it was reported is what the server says.
    const { node } = await ask<{
      node: { issues: { edges: { node: { title: string; reportedAt: string } }[] } };
    }>(
      page,
      'query ($id: ID!) { node(id: $id) { ... on Terrain { issues(first: 100) { edges { node { title reportedAt } } } } } }',
      { id: terrain.id },
    );
    const ours = node.issues.edges.filter((edge) => edge.node.title === title);
    expect(ours).toHaveLength(1);
    for (const edge of ours)
      expect(Math.abs(Date.parse(edge.node.reportedAt) - Date.now())).toBeLessThan(600_000);

    // What others do still comes in.
    const other = await visit(options());
    const there = await enter(other);
    const late = `${title} van een ander`;
    await queued(other, there, 1, late);
    await other.context().setOffline(false);
    await empty(other);
    const copy = await database(page);
    await expect
      .poll(async () => (await kept(page, copy, 'issue')).some((issue) => issue['title'] === `${late} 0`), {
        timeout: 20_000,
      })
      .toBe(true);
  });

test('a portal that answers for the server with a page of its own takes nothing from the queue', async ({
  visit,
  shoot,
}) => {
  const title = 'Achter een portaal';
  const page = await visit(options());
  const terrain = await enter(page);
  const terrainId = terrain.id;
  await queued(page, terrain, 3, title);
  let asked = 0;
  await page.context().route(/\/(graphql|sign-in|tiles)/, (route) => {
    asked += 1;
    return route.fulfill({ contentType: 'text/html', body: '<h1>Welkom bij onze wifi</h1>' });
  });
  await page.context().setOffline(false);
  await expect.poll(() => asked).toBeGreaterThan(0);
  // It opens as it would without a network, and says so.
  await page.reload();
  await terrain.ready();
  await expect(waiting(page, 3)).toBeVisible();
  await shoot(page, 'queue-life/portaal');
  expect(await left(page)).toBe(3);

  await page.context().unroute(/\/(graphql|sign-in|tiles)/);
  await page.goto('/wachtrij');
  await page.getByRole('button', { name: 'Probeer nu' }).tap();
  await empty(page);
  expect(await arrived(page, terrainId, title)).toEqual(each(3, title));
});

test('a session that ended with work in the queue: the app says to sign in, and then it goes', async ({
  visit,
  shoot,
}) => {
  const title = 'Sessie voorbij';
  const page = await visit(options());
  const terrain = await enter(page);
  const terrainId = terrain.id;
  await queued(page, terrain, 3, title);
  // Ended from another device of the same person.
  const desk = await visit({ options: { baseURL: server.url } });
  await enter(desk);
  await desk.goto('/account');
  await desk.getByRole('button', { name: 'Log alle andere uit' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Log alle andere uit' }).click();
  await expect(desk.getByRole('dialog')).toHaveCount(0);

  await page.context().setOffline(false);
  const again = page.getByText(/Log (opnieuw )?in/).first();
  await expect(again).toBeVisible({ timeout: 20_000 });
  expect(await left(page)).toBe(3);
  await shoot(page, 'queue-life/sessie-voorbij');
  await enter(page);
  await empty(page);
  expect(await arrived(page, terrainId, title)).toEqual(each(3, title));
});

test('a phone that wakes up tries at once, however long it was to wait', async ({ visit }) => {
  const title = 'Wakker';
  const page = await visit(options());
  const terrain = await enter(page);
  await queued(page, terrain, 2, title);
  let refusing = true;
  let rounds = 0;
  await page.context().route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON() as { operationName: string };
    // A round that sends nothing asks nothing else.
    if (operationName === 'ReportIssue') rounds += 0.5;
    if (refusing) await route.fulfill({ status: 503, body: '' });
    else await route.fallback();
  });
  await page.context().setOffline(false);
  // Four rounds in vain: the next one is eight seconds away or more.
  await expect.poll(() => rounds, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
  refusing = false;
  const shown = (state: string): Promise<void> =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await shown('hidden');
  await shown('visible');
  await expect.poll(() => left(page), { timeout: 4_000 }).toBe(0);
  expect(await arrived(page, terrain.id, title)).toEqual(each(2, title));
});
