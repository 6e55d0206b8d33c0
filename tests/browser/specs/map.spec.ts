import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { KINDS, TerrainPage } from '../pages/terrain';
import { AT_THE_HALT } from '../support/devices';
import { openInGraph, titlesInGraph } from '../support/graph';
import { sharesOf } from '../support/paint';

/** Land, plots, buildings, water, roads and green all stand on the map: it is drawn, not only loaded. */
const DRAWN = ['--m-plot', '--m-b', '--m-wat', '--m-road', '--m-green'];

test('the phone shows the terrain, its pins by shape, and a list that equals the map', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'ondernemer' });
  const terrain = await new TerrainPage(page).open();

  const header = page.locator('header').first();
  await expect(header).toContainText('De Hooge Waard');
  await expect(header).toContainText(/74 ha · [1-9]\d* bedrijven/);
  await expect
    .poll(async () => Math.min(...Object.values(await sharesOf(page, DRAWN))))
    .toBeGreaterThan(0.002);
  await shoot(page, 'map/telefoon-licht');

  // A diamond, a circle and a square: each kind draws another outline.
  const outlines = new Set<string | null>();
  for (const kind of KINDS) {
    outlines.add(await terrain.shapes(kind).first().locator('path.sh').getAttribute('d'));
  }
  expect(outlines.size).toBe(KINDS.length);

  // What is open is counted here as the server counts it, also where somebody took an issue up meanwhile.
  await expect(header).toContainText(`${await openInGraph(page, terrain.id)} open pins`);

  const all = await terrain.pinCount();
  let counted = 0;
  for (const kind of KINDS) counted += await terrain.counted(kind);
  expect(all).toBe(counted);

  const problems = await terrain.counted('Probleem');
  await terrain.filter('Probleem').tap();
  await expect.poll(() => terrain.pinCount()).toBe(all - problems);
  await expect(terrain.shapes('Probleem')).toHaveCount(0);
  await shoot(page, 'map/telefoon-zonder-problemen');
  await terrain.openList();
  await expect(terrain.rows).toHaveCount(all - problems);
  await terrain.filter('Probleem').tap();
  await expect(terrain.rows).toHaveCount(all);
  await shoot(page, 'map/telefoon-lijst');
  await page.getByRole('button', { name: 'Ook afgesloten' }).tap();
  await expect.poll(() => terrain.rows.count()).toBeGreaterThan(all);
  await page.getByRole('button', { name: 'Ook afgesloten' }).tap();

  await page.emulateMedia({ colorScheme: 'dark' });
  await terrain.openMap();
  await expect.poll(async () => (await sharesOf(page, DRAWN))['--m-wat']).toBeGreaterThan(0.005);
  await shoot(page, 'map/telefoon-donker');
});

test('layers are switched on and off, and the map follows', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone' });
  const terrain = await new TerrainPage(page).open();
  // A visitor may not know which companies there are, and is not told that there are none.
  await expect(page.locator('header').first()).toContainText('74 ha');
  await expect(page.locator('header').first()).not.toContainText('bedrij');
  await page.getByRole('button', { name: /^Kaartlagen/ }).tap();
  await expect(page.getByRole('heading', { name: 'Kaartlagen' })).toBeVisible();
  await shoot(page, 'map/telefoon-lagen');

  const buildings = async (): Promise<number> => (await sharesOf(page, ['--m-b']))['--m-b'] ?? 0;
  await expect.poll(buildings).toBeGreaterThan(0.001);
  const drawn = await buildings();
  await terrain.layer('Panden').tap();
  await expect(terrain.layer('Panden')).toHaveAttribute('aria-checked', 'false');
  await expect.poll(buildings).toBeLessThan(drawn / 4);
  await terrain.layer('Panden').tap();
  await expect.poll(buildings).toBeGreaterThan(drawn * 0.8);

  await terrain.layer('Kansen').tap();
  await expect(terrain.shapes('Kans')).toHaveCount(0);
  await page.getByRole('button', { name: 'Sluit' }).tap();
  await expect(terrain.filter('Kans')).toHaveAttribute('aria-pressed', 'false');
});

test('my place, and a pin that opens above its sheet', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone', as: 'ondernemer' });
  const terrain = await new TerrainPage(page).open();
  await page.getByRole('button', { name: 'Naar mijn plek' }).tap();
  await expect(page.locator('.pins .my-place')).toBeInViewport();
  await shoot(page, 'map/telefoon-mijn-plek');

  // Of what is in sight, one that stands clear of the controls.
  await terrain.openList();
  await terrain.row('Lamp stuk bij achterpoort').getByRole('button').tap();
  const issue = new IssuePage(page);
  await issue.shows('Lamp stuk bij achterpoort');
  const pin = terrain.pin('Lamp stuk bij achterpoort');
  await expect(pin).toHaveAttribute('aria-current', 'true');
  const sheet = page.getByRole('region', { name: 'Melding' });
  await expect
    .poll(async () => {
      const [a, b] = [await pin.boundingBox(), await sheet.boundingBox()];
      return a && b ? a.y + a.height - b.y : 1;
    }, 'the pin is in sight above the sheet')
    .toBeLessThanOrEqual(0);
  await shoot(page, 'map/telefoon-melding');
  await page.getByRole('button', { name: 'Blad groter of kleiner' }).tap();
  await expect.poll(async () => (await sheet.boundingBox())?.height ?? 0).toBeGreaterThan(600);
});

test('no pill lies over a pin, at the first view and nearer', async ({ visit }) => {
  const page = await visit({ as: 'aanjager' });
  const terrain = await new TerrainPage(page).open();
  const covered = (): Promise<string[]> =>
    page.evaluate(() => {
      const boxes = (selector: string): { label: string; box: DOMRect }[] =>
        [...document.querySelectorAll<HTMLElement>(selector)]
          .filter((element) => element.style.visibility !== 'hidden')
          .map((element) => ({
            label: element.getAttribute('aria-label') ?? '',
            box: element.getBoundingClientRect(),
          }));
      const pins = boxes('.pins > .mark');
      return boxes('.pins > .pill').flatMap((pill) =>
        pins
          // The head of a pin: 36 px wide, 38 high, above its tip.
          .filter(({ box }) => {
            const [x, tip] = [box.left + box.width / 2, box.top + 49];
            const wide = Math.min(pill.box.right, x + 18) - Math.max(pill.box.left, x - 18);
            const high = Math.min(pill.box.bottom, tip - 6) - Math.max(pill.box.top, tip - 44);
            return wide > 6 && high > 6;
          })
          .map((pin) => `${pill.label} over ${pin.label}`),
      );
    });
  await expect(terrain.pills.first()).toBeVisible();
  expect(await covered()).toEqual([]);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.waitForTimeout(900);
  expect(await covered()).toEqual([]);
});

test('the map waits behind the list, and only a new pin lands', async ({ visit }, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_HALT } });
  await page.addInitScript(watchLandings);
  const terrain = await new TerrainPage(page).open();
  expect(await landings(page)).toBe(0);
  await terrain.map.evaluate((map) => (map.dataset['same'] = 'yes'));
  await terrain.openList();
  await expect(terrain.map).toBeHidden();
  await terrain.menu.getByRole('link', { name: 'Kaart' }).tap();
  await expect(terrain.map).toHaveAttribute('data-same', 'yes');
  await expect(terrain.pins.or(terrain.pills).first()).toBeVisible();
  expect(await landings(page)).toBe(0);

  const title = `Losse stoeprand ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  await terrain.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Pin bewaard')).toBeVisible();
  await expect(terrain.pin(title)).toBeVisible();
  expect(await landings(page)).toBe(1);
  // On a device that opens the map a moment later it is simply there.
  await expect.poll(() => titlesInGraph(page, terrain.id)).toContain(title);
  const other = await visit({ as: 'aanjager' });
  await other.addInitScript(watchLandings);
  const desk = await new TerrainPage(other).open();
  await expect(desk.row(title)).toBeVisible();
  expect(await landings(other)).toBe(0);
});

/** Counts the pins that land, from the start of the page. */
function watchLandings(): void {
  const seen = new Set<Element>();
  new MutationObserver(() => {
    for (const pin of document.querySelectorAll('.mark.landing')) seen.add(pin);
    document.documentElement.dataset['landings'] = String(seen.size);
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] });
}
const landings = async (page: Page): Promise<number> =>
  Number(await page.locator('html').getAttribute('data-landings'));
