import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { ask } from '../support/graph';
import { shellKept, coldStart, filesKept, phoneOf, rowsOf, takeAlong } from '../support/offline';
import { tooSmall } from '../support/layout';
import { sharesOf } from '../support/paint';
import { Server } from '../support/server';
import { database, kept } from '../support/store';

const DAY_MS = 86_400_000;
/** Land and what was built on it: each of another layer. */
const GROUND = ['--m-ter', '--m-plot', '--m-b', '--m-road'];

test('two terrains go along, open cold without a server, and leave with one tap', async ({
  browser,
  shoot,
}) => {
  test.slow();
  const server = await Server.start();
  try {
    const [first, context] = await phoneOf(browser, server, 'buur');
    let page = first;
    await page.goto('/meenemen');
    const rows = page.getByRole('list', { name: 'Neem mee' }).getByRole('listitem');
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText(/ongeveer [\d,.]+ (kB|MB)/);
    await shoot(page, 'neem-mee/1-aanbod');
    await takeAlong(page, 'De Hooge Waard');
    await takeAlong(page, 'Klein Eiland');
    await expect(rows.first()).toContainText(/Op dit toestel · [\d,.]+ (kB|MB)/);
    await shoot(page, 'neem-mee/2-op-toestel');
    const packs = await kept(page, await database(page), 'pack');
    expect(packs).toHaveLength(2);
    const files = await filesKept(page);
    expect(files).toHaveLength(6);
    console.info(
      `packs: ${files.map(({ path, bytes }) => `${path.split('/').pop()} ${bytes} B`).join(', ')}`,
    );

    await server.stop();
    for (const { name, terrainId } of packs.map((pack) => pack as { name: string; terrainId: string })) {
      page = await coldStart(context, page, `/terrein/${terrainId.split(':')[1] ?? ''}`);
      const terrain = await new TerrainPage(page).ready();
      await expect(page.getByText(/geen bereik/i).first()).toBeVisible();
      await expect
        .poll(async () => Math.min(...Object.values(await sharesOf(page, GROUND))), { timeout: 20_000 })
        .toBeGreaterThan(0.004);
      await shoot(page, `neem-mee/koud-${name}`);
      await terrain.openList();
      expect(await terrain.rows.count()).toBeGreaterThan(0);
      await terrain.openMap();
      await page.getByRole('button', { name: /^Zoek/ }).click();
      await page.getByRole('combobox').fill('hgw00');
      await expect(page.getByRole('option').first()).toBeVisible();
    }

    await page.goto('/meenemen');
    await page.getByRole('button', { name: 'Haal weg: De Hooge Waard' }).tap();
    const removed = page.getByRole('listitem').filter({ hasText: 'De Hooge Waard' });
    await expect(removed).toContainText('Nog niet op dit toestel');
    expect(await filesKept(page)).toHaveLength(3);
    await context.close();
  } finally {
    await server.stop();
  }
});

test('a right that was taken away takes the pack along with it', async ({ browser }) => {
  test.slow();
  const server = await Server.start();
  try {
    const [page, context] = await phoneOf(browser, server, 'buur');
    await takeAlong(page, 'De Hooge Waard');
    const [pack] = await kept(page, await database(page), 'pack');
    const terrainId = String(pack?.['terrainId']);
    expect(await rowsOf(page, 'plot', terrainId)).toBeGreaterThan(0);
    await page.goto('about:blank');

    const [boss, other] = await phoneOf(browser, server, 'aanjager');
    const { terrain } = await ask<{ terrain: { version: number } }>(
      boss,
      'query($id: ID!) { terrain(id: $id) { version } }',
      { id: terrainId },
    );
    await ask(boss, 'mutation($input: EditTerrainInput!) { editTerrain(input: $input) { __typename } }', {
      input: { commandId: crypto.randomUUID(), terrainId, version: terrain.version, audience: 'TERRAIN' },
    });
    await other.close();

    await page.goto('/meenemen');
    await expect.poll(() => rowsOf(page, 'plot', terrainId), { timeout: 30_000 }).toBe(0);
    await expect.poll(() => filesKept(page), { timeout: 20_000 }).toEqual([]);
    await expect(page.getByRole('list', { name: 'Neem mee' })).not.toContainText('De Hooge Waard');
    await context.close();
  } finally {
    await server.stop();
  }
});

test('a role that ends while its phone is offline takes along what it showed, at the next contact', async ({
  browser,
  shoot,
}) => {
  test.slow();
  const server = await Server.start();
  try {
    const [boss, desk] = await phoneOf(browser, server, 'aanjager');
    const place = await database(boss).then((name) => kept(boss, name, 'terrain'));
    const terrainId = String(place.find(({ name }) => name === 'De Hooge Waard')?.['id']);
    const { terrain } = await ask<{ terrain: { version: number } }>(
      boss,
      'query($id: ID!) { terrain(id: $id) { version } }',
      { id: terrainId },
    );
    await ask(boss, 'mutation($input: EditTerrainInput!) { editTerrain(input: $input) { __typename } }', {
      input: { commandId: crypto.randomUUID(), terrainId, version: terrain.version, audience: 'TERRAIN' },
    });

    const [page, context] = await phoneOf(browser, server, 'kadebeton');
    await takeAlong(page, 'De Hooge Waard');
    const person = await database(page);
    const screensKept = async (): Promise<string[]> =>
      (await kept(page, person, 'setting'))
        .map(({ key }) => String(key))
        .filter((key) => key.startsWith('seen.') && key.endsWith(terrainId));
    await context.setOffline(true);
    // Who is what came along, to a screen that was never opened with reception.
    await page.goto(`/terrein/${terrainId.replace('terrain:', '')}/mensen`);
    await expect(page.getByText('Ondernemer Kadebeton')).toBeVisible();
    await expect(page.getByText('@')).toHaveCount(0);
    await shoot(page, 'neem-mee/5-mensen');
    expect(await screensKept()).not.toEqual([]);

    const { people } = await ask<{ people: { edges: { node: { id: string; person: { name: string } } }[] } }>(
      boss,
      'query($id: ID!) { people(terrainId: $id, first: 100) { edges { node { id person { name } } } } }',
      { id: terrainId },
    );
    const role = people.edges.find(({ node }) => node.person.name === 'Ondernemer Kadebeton')?.node.id;
    await ask(boss, 'mutation($input: WithdrawRoleInput!) { withdrawRole(input: $input) { __typename } }', {
      input: { commandId: crypto.randomUUID(), membershipId: role },
    });
    await desk.close();
    expect(await rowsOf(page, 'plot', terrainId)).toBeGreaterThan(0);

    await context.setOffline(false);
    await page.goto('/meenemen');
    for (const table of ['plot', 'building', 'company', 'issue', 'comment'])
      await expect.poll(() => rowsOf(page, table, terrainId), { timeout: 30_000 }).toBe(0);
    await expect.poll(() => filesKept(page), { timeout: 20_000 }).toEqual([]);
    await expect.poll(screensKept).toEqual([]);
    await expect(page.getByRole('main')).not.toContainText('De Hooge Waard');
    await context.close();
  } finally {
    await server.stop();
  }
});

test('a terrain that does not fit is refused with words, and the browser is asked to keep what is made', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'gemeente', options: { geolocation: AT_THE_DIKE } });
  await page.addInitScript(() => {
    navigator.storage.estimate = () => Promise.resolve({ quota: 100_000_000, usage: 90_000_000 });
    navigator.storage.persisted = () => Promise.resolve(false);
    navigator.storage.persist = () => {
      const times = document.documentElement.dataset;
      times['asked'] = String(Number(times['asked'] ?? 0) + 1);
      return Promise.resolve(false);
    };
  });
  const terrain = await new TerrainPage(page).open();
  await shellKept(page);
  await page.goto('/meenemen');
  await expect(page.getByRole('status').filter({ hasText: 'bijna vol' })).toContainText('10 MB');
  await expect(page.getByText('Je browser mag dit weggooien')).toBeVisible();
  await page.getByRole('button', { name: 'Neem mee: De Hooge Waard' }).tap();
  await expect(page.getByRole('alert')).toContainText(/past niet op dit toestel: .* en er is 10 MB over/);
  await shoot(page, 'neem-mee/6-past-niet');
  expect(await filesKept(page)).toEqual([]);
  expect(await kept(page, await database(page), 'pack')).toEqual([]);

  await page.evaluate(() => localStorage.removeItem('terrein.asked-to-keep'));
  await page.context().setOffline(true);
  await page.goto('/');
  await terrain.ready();
  const asked = (): Promise<string | undefined> =>
    page.evaluate(() => document.documentElement.dataset['asked']);
  expect(await asked()).toBeUndefined();
  for (let pin = 0; pin < 2; pin += 1) {
    await terrain.newPin.tap();
    const flow = new PinFlow(page);
    await flow.kind('Kans').tap();
    await flow.save.tap();
    await expect(page.getByText('Pin staat op dit toestel')).toBeVisible();
    expect(await asked()).toBe('1');
    await page.getByRole('button', { name: 'Ongedaan maken' }).tap();
  }
});

test('a lost phone: a session ended elsewhere wipes it, and keeps what was not sent', async ({
  browser,
  shoot,
}) => {
  test.slow();
  const server = await Server.start();
  try {
    const [page, context] = await phoneOf(browser, server, 'aanjager');
    await new TerrainPage(page).ready();
    await takeAlong(page);
    await context.setOffline(true);
    await page.goto('/');
    const terrain = await new TerrainPage(page).ready();
    await terrain.newPin.tap();
    const flow = new PinFlow(page);
    await flow.kind('Probleem').tap();
    await flow.save.tap();
    await expect(page.getByText(/1 pin wacht op bereik/)).toBeVisible();
    const person = await database(page);

    // At home, on another device.
    const [desk, other] = await phoneOf(browser, server, 'aanjager');
    await ask(desk, 'mutation { revokeOtherSessions { __typename } }');
    await other.close();

    await context.setOffline(false);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dit toestel is afgemeld', {
      timeout: 20_000,
    });
    await shoot(page, 'neem-mee/3-afgemeld');
    expect(await filesKept(page)).toEqual([]);
    for (const table of ['plot', 'building', 'issue', 'comment', 'terrain', 'pack'])
      expect(await kept(page, person, table), table).toEqual([]);
    expect(await kept(page, person, 'outbox')).toHaveLength(1);
    await context.close();
  } finally {
    await server.stop();
  }
});

test('after 14 days without a word from the server the terrain is locked; a pin can still be made', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'gemeente', options: { geolocation: AT_THE_DIKE } });
  const terrain = await new TerrainPage(page).open();
  await shellKept(page);
  const context = page.context();
  await context.setOffline(true);
  await page.clock.setSystemTime(Date.now() + 13 * DAY_MS);
  await page.reload();
  await terrain.ready();

  await page.clock.setSystemTime(Date.now() + 15 * DAY_MS);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Je terrein staat op slot');
  await expect(page.locator('.map')).toHaveCount(0);
  await page.goto('/terreinen');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Je terrein staat op slot');
  await shoot(page, 'neem-mee/4-op-slot');
  await page.getByRole('button', { name: 'Kans' }).tap();
  await expect(page.getByText('Pin staat op dit toestel')).toBeVisible();
  expect(await kept(page, await database(page), 'outbox')).toHaveLength(1);

  // It opens by itself when there is a word from the server.
  await context.setOffline(false);
  await expect(page.getByText('Je terrein staat op slot')).toHaveCount(0, { timeout: 20_000 });
  await page.goto('/');
  await terrain.ready();
});

test('the locked screen holds in the dark, in English, and to who listens', async ({ visit, shoot }) => {
  const page = await visit({
    device: 'phone',
    as: 'gemeente',
    options: { geolocation: AT_THE_DIKE, colorScheme: 'dark', locale: 'en-GB' },
  });
  await new TerrainPage(page).open();
  await shellKept(page);
  await page.context().setOffline(true);
  await page.clock.setSystemTime(Date.now() + 15 * DAY_MS);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your terrain is locked');
  await shoot(page, 'neem-mee/7-locked-dark');
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().disableRules('target-size').analyze();
  expect(violations).toEqual([]);
  expect(await tooSmall(page, 48)).toEqual([]);
});
