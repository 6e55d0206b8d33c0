import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { TerrainPage } from '../pages/terrain';
import { sharesOf } from '../support/paint';

test('the desk shows layers, map and list side by side, and hovering a row lights its pin', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ as: 'ondernemer' });
  const terrain = await new TerrainPage(page).open();
  const drawn = ['--m-plot', '--m-b', '--m-wat', '--m-road', '--m-green', '--m-sol'];
  await expect
    .poll(async () => Math.min(...Object.values(await sharesOf(page, drawn))))
    .toBeGreaterThan(0.0004);
  await expect(page.getByRole('complementary', { name: 'Kaartlagen' })).toBeVisible();
  const count = await terrain.rows.count();
  expect(count).toBeGreaterThan(25);
  expect(await terrain.pinCount()).toBe(count);
  await shoot(page, 'terrain-view/bureau-licht');

  const row = terrain.row('Vrachtwagens wachten op het fietspad').getByRole('button');
  await row.hover();
  await expect(page.locator('.pins .lit')).toHaveCount(1);

  await terrain.layer('Problemen').click();
  await expect.poll(() => terrain.pinCount()).toBe(await terrain.rows.count());
  await expect(terrain.rows.filter({ hasText: 'Probleem' })).toHaveCount(0);
  await terrain.layer('Problemen').click();
  await expect(terrain.rows).toHaveCount(count);

  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await sharesOf(page, ['--m-wat']))['--m-wat'] ?? 0).toBeGreaterThan(0.005);
  await shoot(page, 'terrain-view/bureau-donker');
});

test('search begins with a slash and finds a company, a plot, an address and an issue', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ as: 'aanjager' });
  const terrain = await new TerrainPage(page).open();
  const box = page.getByRole('combobox', { name: 'Zoek bedrijf, perceel of pin' });
  const hits = page.getByRole('option');
  await page.keyboard.press('/');
  await expect(box).toBeFocused();

  await page.keyboard.type('kade');
  await expect(hits.filter({ hasText: 'bedrijf' }).first()).toBeVisible();
  await shoot(page, 'terrain-view/bureau-zoeken');
  await box.fill('havenweg');
  await expect(hits.filter({ hasText: /adres|bedrijf/ }).first()).toBeVisible();
  await box.fill('lamp stuk');
  await expect(hits.first()).toContainText('Lamp stuk bij achterpoort');
  await page.keyboard.press('Enter');
  await new IssuePage(page).shows('Lamp stuk bij achterpoort');
  await expect(terrain.pin('Lamp stuk bij achterpoort')).toHaveAttribute('aria-current', 'true');
  await shoot(page, 'terrain-view/bureau-melding');

  await page.keyboard.press('/');
  await box.fill('zeppelin');
  await expect(page.getByText('Niets gevonden voor "zeppelin"')).toBeVisible();
});

test('without a mouse: from the skip link to the list, into an issue, and out with Escape', async ({
  visit,
  shoot,
}) => {
  const page = await visit();
  const terrain = await new TerrainPage(page).open();
  const map = page.url();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Naar de lijst' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/lijst$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Meldingen');

  const first = terrain.rows.first().getByRole('button');
  for (let presses = 0; presses < 25; presses += 1) {
    if (await first.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(first).toBeFocused();
  await shoot(page, 'terrain-view/bureau-lijst-toetsenbord');
  const title = await first.locator('b').first().innerText();
  await page.keyboard.press('Enter');
  await new IssuePage(page).shows(title);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/\/melding\//);

  await page.goto(map);
  await terrain.ready();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Sneltoetsen');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});
