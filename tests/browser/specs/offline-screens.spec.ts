import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { MorePage } from '../pages/more';
import { TerrainPage } from '../pages/terrain';
import { tour } from '../pages/tour';
import { AT_THE_HARBOUR } from '../support/devices';
import { filesKept, keptForOffline } from '../support/offline';
import { sharesOf } from '../support/paint';

const LAMP = 'Lamp stuk bij achterpoort';
/** Drawn near enough to read a house number: land, plots, halls and the street. */
const STREET = ['--m-plot', '--m-b', '--m-road'];

for (const device of ['phone', 'desk'] as const) {
  test(`after one visit every screen shows its content without a network: ${device}`, async ({
    visit,
    shoot,
  }) => {
    const page = await visit({ device, as: 'aanjager', options: { reducedMotion: 'reduce' } });
    const terrain = await new TerrainPage(page).open();
    const pins = await terrain.pinCount();
    // One issue was read before, so its details are on the device too.
    if (device === 'phone') await terrain.openList();
    await terrain.row(LAMP).getByRole('button').click();
    const issue = new IssuePage(page);
    await issue.shows(LAMP);
    await expect(issue.history.getByRole('listitem').first()).toBeVisible();
    await page.goto('/');
    await terrain.ready();
    await keptForOffline(page);

    await page.context().setOffline(true);
    await page.reload();
    await terrain.ready();
    expect(await terrain.pinCount()).toBe(pins);
    const seen: string[] = [];
    await tour(
      page,
      device,
      async (screen) => {
        seen.push(screen);
        if (screen === 'lagen') await expect(terrain.layer('Panden')).toContainText('op dit toestel');
        if (screen === 'wachtrij') await expect(page.getByText('Laatste verbinding')).toBeVisible();
        await shoot(page, `offline/${device}/${screen}`);
        // Whoever cannot reach the server is told so wherever they are.
        if (!/lagen|zoeken|melding|deelkeuze|pin-wat/.test(screen))
          await expect(
            page.getByText(/geen bereik|werkt zonder bereik|je kunt gewoon doorwerken/i).first(),
          ).toBeVisible();
      },
      { offline: true },
    );
    expect(seen.length).toBeGreaterThanOrEqual(11);

    const more = await new MorePage(page).open();
    await expect(more.account).toContainText('aanjager@demo.example');

    await page.goto('/');
    await terrain.ready();
    const box = page.getByRole('combobox', { name: 'Zoek bedrijf, perceel of pin' });
    if (device === 'phone') await page.getByRole('button', { name: /^Zoek/ }).click();
    await box.fill('kade');
    await expect(page.getByRole('option').filter({ hasText: 'bedrijf' }).first()).toBeVisible();
    await box.fill('lamp stuk');
    await page.getByRole('option').filter({ hasText: LAMP }).click();
    await issue.shows(LAMP);
    await expect(issue.supportBox).toContainText('2 bedrijven');
    await expect(issue.comments.getByRole('listitem')).toHaveCount(2);
    await expect(issue.history.getByRole('listitem').first()).toContainText('Pin gezet');
    await shoot(page, `offline/${device}/melding-gelezen`);
  });
}

test('the ground stays down to the street without a network, and goes with the person it was drawn for', async ({
  visit,
  shoot,
  server,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_HARBOUR } });
  const terrain = await new TerrainPage(page).open();
  await keptForOffline(page);
  await terrain.ready();

  // Never nearer than the first view: what is drawn here was not come past.
  await page.context().setOffline(true);
  await page.reload();
  await terrain.ready();
  await page.getByRole('button', { name: 'Naar mijn plek' }).tap();
  await expect(page.locator('.pins .my-place')).toBeInViewport();
  await expect
    .poll(async () => Math.min(...Object.values(await sharesOf(page, STREET))), { timeout: 20_000 })
    .toBeGreaterThan(0.02);
  await shoot(page, 'offline/straat');

  // Somebody else on this device: what was kept for the first is gone before theirs is kept.
  expect(await filesKept(page)).toHaveLength(3);
  await mark(page);
  expect(await marked(page)).toBe(1);
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().setOffline(false);
  // A session of its own, for it is ended below.
  await page.goto(await server.signInLink(PEOPLE.ondernemer));
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
  await terrain.ready();
  expect(await marked(page)).toBe(0);
  expect(await filesKept(page)).toEqual([]);

  await keptForOffline(page);
  await mark(page);
  const more = await new MorePage(page).open();
  await expect(more.account).toContainText('ondernemer@demo.example');
  await more.signOut.tap();
  await page.waitForURL(/\/terrein\//);
  expect(await marked(page)).toBe(0);
  expect(await filesKept(page)).toEqual([]);
});

/** Writes something recognisable in place of one tile. */
const mark = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const name of ['tiles']) {
      const cache = await caches.open(name);
      const [first] = await cache.keys();
      await cache.put(first ?? '/tiles/none', new Response('of the one before'));
    }
  });

/** How many of those are still there. */
const marked = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    let found = 0;
    for (const name of ['tiles']) {
      if (!(await caches.has(name))) continue;
      const cache = await caches.open(name);
      for (const key of await cache.keys())
        if ((await (await cache.match(key))?.text()) === 'of the one before') found += 1;
    }
    return found;
  });
