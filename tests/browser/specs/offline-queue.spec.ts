import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { titlesInGraph } from '../support/graph';
import { keptForOffline } from '../support/offline';
import { Server } from '../support/server';
import { add, database, kept } from '../support/store';

const PINS = 100;
/** One answer in so many never comes back, although the server did what was asked. */
const LOST_EACH = 9;

interface Queued {
  seq?: number;
  commandId: string;
  subject: string;
  edit: { type: string; input: { issueId: string; title: string; geometry: { coordinates: number[] } } };
}

test('a hundred pins made without a network arrive once each, over a line that loses answers', async ({
  visit,
  shoot,
}) => {
  test.setTimeout(180_000);
  // A server of its own: a hundred pins would stand in the way of every other test.
  const server = await Server.start();
  try {
    await throughABadLine(
      await visit({ device: 'phone', options: { baseURL: server.url, geolocation: AT_THE_DIKE } }),
      await server.signInLink(PEOPLE.aanjager),
      shoot,
    );
  } finally {
    await server.stop();
  }
});

async function throughABadLine(
  page: Page,
  link: string,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  await page.goto(link);
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
  const terrain = await new TerrainPage(page).ready();
  const before = await terrain.pinCount();
  const terrainId = terrain.id;
  await keptForOffline(page);
  await page.context().setOffline(true);

  const title = 'Kuil in de weg';
  const flow = new PinFlow(page);
  await terrain.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Geen bereik. 1 pin wacht op bereik')).toBeVisible();

  // The others as the app wrote this one: by hand they would take the evening.
  const name = await database(page);
  const [first] = (await kept(page, name, 'outbox')) as unknown as [Queued];
  const pattern: Queued = { ...first };
  delete pattern.seq;
  const [lon = 0, lat = 0] = first.edit.input.geometry.coordinates;
  const others = Array.from({ length: PINS - 1 }, (_, index) => {
    const issueId = `issue:${uuidv7()}`;
    const at = [lon + (index % 10) * 2e-4, lat + Math.floor(index / 10) * 1e-4].map(
      (degrees) => Math.round(degrees * 1e7) / 1e7,
    );
    const input = {
      ...pattern.edit.input,
      issueId,
      title: `${title} ${index}`,
      geometry: { ...pattern.edit.input.geometry, coordinates: at },
    };
    return { ...pattern, commandId: uuidv7(), subject: issueId, edit: { ...pattern.edit, input } };
  });
  await add(page, name, 'outbox', others);
  await page.reload();
  await terrain.ready();
  await expect(page.getByText(`Geen bereik. ${PINS} pins wachten op bereik`)).toBeVisible();
  await expect.poll(() => terrain.pinCount()).toBe(before + PINS);
  await shoot(page, 'offline/honderd-wachten');

  // What the server was told, by command; some answers are lost on their way back.
  const told = new Map<string, number>();
  let lost = 0;
  await page.context().route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as {
      operationName: string;
      variables: { input: { commandId: string } };
    };
    if (body.operationName !== 'ReportIssue') return route.fallback();
    const { commandId } = body.variables.input;
    const times = (told.get(commandId) ?? 0) + 1;
    told.set(commandId, times);
    // Settled before the answer: several are under way at once.
    const loses = times === 1 && told.size % LOST_EACH === 0;
    const answer = await route.fetch();
    if (!loses) return route.fulfill({ response: answer });
    lost += 1;
    return route.abort('connectionreset');
  });
  await page.context().setOffline(false);
  await expect
    .poll(async () => (await kept(page, name, 'outbox')).length, { timeout: 120_000, intervals: [1000] })
    .toBe(0);
  expect(lost).toBe(Math.floor(PINS / LOST_EACH));
  expect(told.size).toBe(PINS);
  // Every command whose answer got lost was said again, under the same id; no other was.
  expect([...told.values()].filter((times) => times > 1)).toHaveLength(lost);

  const titles = (await titlesInGraph(page, terrainId)).filter((other) => other?.startsWith(title));
  expect(titles).toHaveLength(PINS);
  expect(new Set(titles).size).toBe(PINS);
  await expect.poll(() => terrain.pinCount()).toBe(before + PINS);
  await shoot(page, 'offline/honderd-verstuurd');
}

/** As the device mints them: the time first, then chance. */
function uuidv7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const chance = randomUUID().slice(15);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance}`;
}
