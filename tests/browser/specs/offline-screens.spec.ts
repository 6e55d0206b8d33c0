import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { MorePage } from '../pages/more';
import { TerrainPage } from '../pages/terrain';
import { tour } from '../pages/tour';
import { AT_THE_HARBOUR } from '../support/devices';
import { keptForOffline, tilesKept } from '../support/offline';
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
        await shoot(page, `offline/${device}/${screen}`);
        // Whoever cannot reach the server is told so wherever they are; sign-in says it when asked for a mail.
        if (!/lagen|zoeken|melding|deelkeuze|inloggen|pin-wat/.test(screen))
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
  signedIn,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_HARBOUR } });
  const terrain = await new TerrainPage(page).open();
  await keptForOffline(page);
  expect(await tilesKept(page)).toBeLessThanOrEqual(420);

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
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().addCookies((await signedIn('ondernemer')).cookies);
  await page.context().setOffline(false);
  await page.goto('/meer');
  await expect(page.getByRole('region', { name: 'Account' })).toContainText('ondernemer@demo.example');
  await expect.poll(() => tilesKept(page)).toBe(0);

  await page.goto('/');
  await terrain.ready();
  await keptForOffline(page);
  const more = await new MorePage(page).open();
  await more.signOut.tap();
  await page.waitForURL(/\/terrein\//);
  const left = await page.evaluate(async () => {
    const names = await caches.keys();
    return names.filter((name) => name === 'ground' || name === 'tiles').length;
  });
  // A visitor's own tiles may have come meanwhile, but not the whole ground at once.
  expect(left === 0 || (await tilesKept(page)) < 20).toBe(true);
});
