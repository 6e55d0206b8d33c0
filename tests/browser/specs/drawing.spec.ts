import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { DrawingPage } from '../pages/drawing';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_QUAY, SMALLEST_PHONE } from '../support/devices';
import { metres, shapeInGraph as inGraph, type Place, type Shape } from '../support/shapes';
import { tooSmall } from '../support/layout';
import { keptForOffline } from '../support/offline';
import { database, kept } from '../support/store';
import { countTouches } from '../support/touches';
import { unique } from '../support/unique';

const small = {
  device: 'phone',
  as: 'aanjager',
  options: { ...SMALLEST_PHONE, geolocation: AT_THE_QUAY },
} as const;

/** The shape of an issue as this device has it, waiting or told. */
async function shapeOf(page: Page, title: string): Promise<Shape | undefined> {
  const name = await database(page);
  interface Named {
    title: string | null;
    geometry: Shape;
  }
  const told = (await kept(page, name, 'issue')) as unknown as Named[];
  const waiting = (await kept(page, name, 'outbox')) as unknown as { edit: { input: Named } }[];
  return [...told, ...waiting.map(({ edit }) => edit.input)].find((issue) => issue.title === title)?.geometry;
}

test('a line and an area are drawn with one thumb on the smallest phone, by crosshair and by tap', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit(small);
  const phone = await new TerrainPage(page).open();
  const flow = new DrawingPage(page);
  const touches = await countTouches(page);
  await phone.newPin.tap();
  await flow.shape('Lijn').tap();
  await expect(flow.put).toBeVisible();
  await shoot(page, 'drawing/lijn-begin');
  expect(await tooSmall(page, 48)).toEqual([]);
  const { y, height } = (await flow.put.boundingBox()) ?? { y: 0, height: 0 };
  expect(height).toBeGreaterThanOrEqual(64);
  expect(y, 'in the lower half').toBeGreaterThan(320);

  await flow.put.tap();
  await flow.size('1 hoekpunt');
  await page.touchscreen.tap(250, 240);
  await flow.size(/^Lijn, [\d,.]+ m$/);
  await page.touchscreen.tap(280, 130);
  await shoot(page, 'drawing/lijn-bezig');
  await flow.undo.tap();
  await page.touchscreen.tap(290, 150);
  await flow.done('Lijn').tap();
  await shoot(page, 'drawing/lijn-klaar');
  expect(await tooSmall(page, 48)).toEqual([]);
  await flow.kind('Probleem').tap();
  const line = unique('Kapotte stoeprand', info.workerIndex);
  await flow.note.fill(line);
  await shoot(page, 'drawing/lijn-wat');
  await flow.save.tap();
  await expect(page.getByText('Pin bewaard')).toBeVisible();
  expect(await touches()).toBeLessThanOrEqual(11);
  await expect.poll(() => inGraph(page, phone.id, line)).toMatchObject({ type: 'LineString' });
  expect(((await shapeOf(page, line))?.coordinates as Place[]).length).toBe(3);
  await shoot(page, 'drawing/lijn-op-de-kaart');

  await phone.newPin.tap();
  await flow.shape('Vlak').tap();
  await flow.put.tap();
  await flow.done('Vlak').tap();
  await expect(flow.root.getByRole('alert')).toHaveText('Een vlak heeft minstens 3 hoekpunten.');
  for (const [x, at] of [
    [240, 200],
    [240, 280],
    [150, 280],
  ] as const)
    await page.touchscreen.tap(x, at);
  // Straight through the first side.
  await page.touchscreen.tap(262, 215);
  await expect(flow.root.getByRole('alert')).toHaveText(
    'Zo kruist de rand zichzelf. Zet dit punt ergens anders.',
  );
  await shoot(page, 'drawing/vlak-kruist');
  await flow.done('Vlak').tap();
  await flow.size(/^Vlak, [\d.]+ m²$/);
  await shoot(page, 'drawing/vlak-klaar');
  // A corner of what is done, without dragging: under the cross by a tap, then put elsewhere; an area keeps three.
  await flow.root.getByRole('button', { name: 'Teken verder' }).tap();
  await flow.done('Vlak').tap();
  await page.touchscreen.tap(240, 276);
  await expect(flow.root.getByRole('button', { name: 'Zet hier' })).toBeVisible();
  await shoot(page, 'drawing/hoekpunt-gekozen');
  expect(await tooSmall(page, 48)).toEqual([]);
  await flow.root.getByRole('button', { name: 'Haal weg' }).tap();
  await expect(flow.root.getByRole('button', { name: 'Zet hier' })).toBeHidden();
  await flow.undo.tap();
  await flow.kind('Kans').tap();
  const area = unique('Plek voor bomen', info.workerIndex);
  await flow.note.fill(area);
  await flow.save.tap();
  await expect.poll(() => inGraph(page, phone.id, area)).toMatchObject({ type: 'Polygon' });
  await page.waitForTimeout(500);
  await shoot(page, 'drawing/vlak-op-de-kaart');
});

test('with keys alone: corners by Enter, metres by arrows, back by Backspace, and coordinates typed in RD', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ as: 'aanjager' });
  const desk = await new TerrainPage(page).open();
  const flow = new DrawingPage(page);
  await page.keyboard.press('p');
  await flow.step('Waar is het?');
  await flow.shape('Lijn').focus();
  await page.keyboard.press('Enter');
  await expect(flow.put).toBeFocused();
  await flow.snapping.focus();
  await page.keyboard.press('Space');
  await expect(flow.snapping).toHaveAttribute('aria-pressed', 'false');

  // Typed: where the quay begins, as a surveyor writes it.
  await flow.typeCoordinates.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Typ coördinaten' });
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('Waardweg 3');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('Hier staan niet twee getallen');
  await dialog.getByRole('textbox').fill('48,85 2,35');
  await expect(dialog.getByRole('status')).toContainText('Deze plek ligt niet in Nederland');
  await dialog.getByRole('textbox').fill('133.984,34  424.029,10');
  await expect(dialog.getByRole('status')).toHaveText('Gelezen als RD');
  await shoot(page, 'drawing/coordinaten');
  await page.keyboard.press('Enter');
  await flow.size('1 hoekpunt');

  await flow.put.focus();
  await flow.steps([
    ['Shift+ArrowRight', 3],
    ['ArrowUp', 4],
  ]);
  await page.keyboard.press('Enter');
  await flow.size('Lijn, 30,3 m');
  await flow.steps([['Shift+ArrowUp', 1]]);
  await page.keyboard.press('Enter');
  await flow.size('Lijn, 40,3 m');
  await page.keyboard.press('Backspace');
  await flow.size('Lijn, 30,3 m');
  await flow.steps([['Shift+ArrowUp', 2]]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+z');
  await flow.size('Lijn, 30,3 m');
  await shoot(page, 'drawing/bureau');

  // Esc stops, and nothing is lost by it.
  await page.keyboard.press('Escape');
  await expect(page.getByText('Je pin is nog niet af.')).toBeVisible();
  await page.reload();
  await desk.ready();
  await page.getByRole('button', { name: 'Ga verder' }).press('Enter');
  await flow.size('Lijn, 30,3 m');
  await flow.done('Lijn').press('Enter');
  const title = unique('Kade verzakt', info.workerIndex);
  await flow.kind('Probleem').press('Enter');
  await flow.note.fill(title);
  await flow.save.press('Enter');
  await expect.poll(() => inGraph(page, desk.id, title)).toMatchObject({ type: 'LineString' });
  const [first, second] = (await inGraph(page, desk.id, title))?.coordinates as [Place, Place];
  // PostGIS has 133984.34, 424029.10 at this place.
  expect(metres(first, [5.0825, 51.8045])).toBeLessThan(0.5);
  expect(metres(first, second)).toBeGreaterThan(30);
  await expect(desk.row(title)).toContainText('lijn, 30,3 m');
});

test('without reception a corner clings to a plot exactly, the area waits dashed, and once sent a colleague sees it', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit(small);
  const phone = await new TerrainPage(page).open();
  await page.reload();
  await phone.ready();
  await keptForOffline(page);
  await page.context().setOffline(true);
  const plots = (await kept(page, await database(page), 'plot')) as unknown as { geometry: Shape }[];
  const here: Place = [AT_THE_QUAY.longitude, AT_THE_QUAY.latitude];
  const corners = plots
    .flatMap(({ geometry }) =>
      (geometry.coordinates as Place[][][]).flat(geometry.type === 'Polygon' ? 1 : 2),
    )
    .map((corner) => corner as unknown as Place)
    .toSorted((a, b) => metres(a, here) - metres(b, here));
  const [corner] = corners as [Place];

  const flow = new DrawingPage(page);
  await phone.newPin.tap();
  await flow.shape('Vlak').tap();
  await expect(flow.put).toBeVisible();
  if ((await flow.snapping.getAttribute('aria-pressed')) === 'false') await flow.snapping.tap();
  // A metre and a half beside the corner, as a thumb would have it.
  await flow.type(`${corner[1] + 0.00001}, ${corner[0] + 0.00001}`);
  await flow.undo.tap();
  await expect(page.locator('.callout')).toContainText('op een perceelhoek');
  await shoot(page, 'drawing/klikt-vast');
  await flow.put.tap();
  await flow.size('1 hoekpunt');
  await flow.snapping.tap();
  await page.touchscreen.tap(270, 150);
  await page.touchscreen.tap(100, 150);
  await flow.size(/^Vlak/);
  await flow.done('Vlak').tap();
  await flow.kind('Uitdaging').tap();
  const title = unique('Wateroverlast', info.workerIndex);
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Pin staat op dit toestel')).toBeVisible();
  await shoot(page, 'drawing/vlak-wacht');
  const waiting = (await shapeOf(page, title))?.coordinates as Place[][];
  expect(waiting[0]?.[0], 'the corner as the register has it').toEqual(corner);

  await page.context().setOffline(false);
  await expect
    .poll(() => inGraph(page, phone.id, title), { timeout: 30_000 })
    .toMatchObject({ type: 'Polygon' });
  expect(((await inGraph(page, phone.id, title))?.coordinates as Place[][])[0]?.[0]).toEqual(corner);
  const colleague = await visit({ as: 'aanjager' });
  const desk = await new TerrainPage(colleague).open();
  await expect(desk.row(title)).toContainText(/vlak, [\d.]+ m²/);
  await desk.row(title).click();
  await expect(colleague.getByRole('article')).toContainText(/vlak, [\d.]+ m²/);
  await shoot(colleague, 'drawing/vlak-aan-het-bureau');
});
