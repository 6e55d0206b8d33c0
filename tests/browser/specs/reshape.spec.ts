import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { DrawingPage } from '../pages/drawing';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { ShapePage } from '../pages/shape';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_BEND, SMALLEST_PHONE } from '../support/devices';
import { tooSmall } from '../support/layout';
import { metres, shapeOfIssue, type Place } from '../support/shapes';
import { unique } from '../support/unique';

const small = {
  device: 'phone',
  as: 'aanjager',
  options: { ...SMALLEST_PHONE, geolocation: AT_THE_BEND },
} as const;
const HERE: Place = [AT_THE_BEND.longitude, AT_THE_BEND.latitude];
/** The server counts what is asked in a second. */
const SLOWLY = { intervals: [1000] };

async function setPin(page: Page, title: string): Promise<void> {
  const flow = new PinFlow(page);
  await new TerrainPage(page).newPin.tap();
  await expect(page.locator('.callout')).toContainText('plek ± 5 m');
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Pin bewaard')).toBeVisible();
  // The message lies over the map that is tapped next.
  await expect(page.getByText('Pin bewaard')).toBeHidden({ timeout: 15_000 });
}
async function openIssue(page: Page, title: string): Promise<IssuePage> {
  const phone = new TerrainPage(page);
  await phone.openList();
  await phone.row(title).getByRole('button').tap();
  const issue = new IssuePage(page);
  await issue.shows(title);
  return issue;
}
/** Brings what is tapped under the crosshair, and waits until the map has moved. */
async function moveTo(page: Page, x: number, y: number): Promise<void> {
  const here = page.locator('.my-place');
  const before = (await here.getAttribute('style')) ?? '';
  await page.touchscreen.tap(x, y);
  await expect(here).not.toHaveAttribute('style', before);
}
/** Metres from where the pin was set to where the server has it. */
const movedBy = async (page: Page, id: string): Promise<number> =>
  metres((await shapeOfIssue(page, id)).coordinates as Place, HERE);

test('a pin is put elsewhere without reception, waits, is told as moved, and is put back by undo', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit(small);
  await new TerrainPage(page).open();
  const title = unique('Scheve paal', info.workerIndex);
  await setPin(page, title);
  const issue = await openIssue(page, title);
  // A crosshair is on a place to within a pixel.
  expect(await movedBy(page, issue.id)).toBeLessThan(2);
  // The parts of the screen come with its first use.
  const flow = new ShapePage(page);
  await flow.open();
  await expect(flow.putHere).toBeVisible();
  await page.context().setOffline(true);
  expect(await tooSmall(page, 48)).toEqual([]);
  const { y } = (await flow.putHere.boundingBox()) ?? { y: 0 };
  expect(y, 'in the lower half').toBeGreaterThan(320);
  await moveTo(page, 290, 130);
  await shoot(page, 'reshape/pin-verplaatsen');
  await flow.putHere.tap();
  await issue.shows(title);
  await expect(page.getByText('Plek en vorm bewaard')).toBeVisible();
  await expect(issue.root.locator('.chips')).toContainText('wacht op bereik');
  await shoot(page, 'reshape/pin-wacht');
  await page.context().setOffline(false);
  await expect.poll(() => movedBy(page, issue.id), { timeout: 30_000, ...SLOWLY }).toBeGreaterThan(15);
  await expect(issue.history).toContainText(/(Verplaatst|Aangepast) door aanjager/);

  const before = await movedBy(page, issue.id);
  await flow.open();
  await moveTo(page, 100, 260);
  await flow.putHere.tap();
  await expect.poll(() => movedBy(page, issue.id), SLOWLY).not.toBeCloseTo(before, 1);
  await page.getByRole('button', { name: 'Ongedaan maken' }).last().tap();
  await expect.poll(() => movedBy(page, issue.id), SLOWLY).toBeCloseTo(before, 1);
});

test('with keys alone a pin becomes an area, one corner goes ten metres north, and stopping throws nothing away', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const phone = await visit(small);
  await new TerrainPage(phone).open();
  const title = unique('Plas op de weg', info.workerIndex);
  await setPin(phone, title);
  const page = await visit({ as: 'aanjager' });
  const desk = await new TerrainPage(page).open();
  await desk.row(title).getByRole('button').press('Enter');
  const issue = new IssuePage(page);
  await issue.shows(title);
  await issue.acts.press('Enter');
  await issue.dialog.getByRole('button', { name: 'Verander de plek of de vorm' }).press('Enter');
  const flow = new ShapePage(page);
  await expect(flow.putHere).toBeVisible();
  await flow.shape('Vlak').press('Enter');
  await expect(flow.put).toBeFocused();
  await flow.snapping.press('Space');
  await expect(flow.snapping).toHaveAttribute('aria-pressed', 'false');
  await flow.put.press('Enter');
  await flow.steps([['Shift+ArrowRight', 4]]);
  await page.keyboard.press('Enter');
  await flow.steps([['Shift+ArrowUp', 3]]);
  await page.keyboard.press('Enter');
  await flow.done('Vlak').press('Enter');
  await flow.size('Vlak, 600 m²');
  await shoot(page, 'reshape/bureau-vlak');
  await expect(flow.corner('Volgend')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await flow.corner('Volgend').press('Enter');
  await flow.size('Hoekpunt 3 van 3');
  await flow.steps([['Shift+ArrowUp', 1]]);
  await shoot(page, 'reshape/bureau-hoekpunt');
  await flow.putHere.press('Enter');
  await flow.size('Vlak, 800 m²');

  await page.keyboard.press('Escape');
  await issue.shows(title);
  await page.reload();
  await issue.acts.press('Enter');
  await issue.dialog.getByRole('button', { name: 'Verander de plek of de vorm' }).press('Enter');
  await flow.size('Vlak, 800 m²');
  await flow.asItWas.press('Enter');
  await expect(flow.putHere).toBeVisible();
  await expect(flow.asItWas).toBeHidden();
  await flow.stop.press('Enter');
  await issue.shows(title);
  expect(await shapeOfIssue(page, issue.id)).toMatchObject({ type: 'Point' });

  await flow.open();
  await flow.shape('Lijn').press('Enter');
  await flow.put.press('Enter');
  await flow.steps([['Shift+ArrowLeft', 5]]);
  await page.keyboard.press('Enter');
  await flow.done('Lijn').press('Enter');
  await flow.save.press('Enter');
  await expect(issue.root.locator('.where')).toContainText('lijn, 50 m');
  await expect.poll(() => shapeOfIssue(page, issue.id)).toMatchObject({ type: 'LineString' });
  await shoot(page, 'reshape/bureau-lijn');
  // On the phone that reported it, too.
  await expect(phone.locator('main').first()).toBeVisible();
  await openIssue(phone, title);
  await expect(phone.getByRole('article').locator('.where')).toContainText('lijn, 50 m');
});

test('two people put one pin elsewhere: both places stand side by side, and one of them is kept', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit(small);
  await new TerrainPage(page).open();
  const title = unique('Losse put', info.workerIndex);
  await setPin(page, title);
  const issue = await openIssue(page, title);
  const flow = new ShapePage(page);
  await flow.open();
  await expect(flow.putHere).toBeVisible();
  await page.context().setOffline(true);
  await moveTo(page, 290, 130);
  await flow.putHere.tap();
  await expect(issue.root.locator('.chips')).toContainText('wacht op bereik');

  const colleague = await visit({ as: 'aanjager' });
  const desk = await new TerrainPage(colleague).open();
  await desk.row(title).getByRole('button').click();
  const other = new ShapePage(colleague);
  await other.open();
  await other.putHere.focus();
  await other.steps([['Shift+ArrowLeft', 3]]);
  await other.putHere.press('Enter');
  await expect.poll(() => movedBy(colleague, issue.id), SLOWLY).toBeCloseTo(30, 0);

  await page.context().setOffline(false);
  const both = issue.root.getByRole('region', { name: 'Deze pin is op twee plekken aangepast' });
  await expect(both.getByText('Plek en vorm')).toBeVisible({ timeout: 30_000 });
  await expect(both.locator('svg')).toHaveCount(2);
  await both.scrollIntoViewIfNeeded();
  await shoot(page, 'reshape/twee-plekken');
  await both.getByRole('button', { name: 'Zo bewaren' }).tap();
  await expect(both).toBeHidden();
  await expect.poll(() => movedBy(page, issue.id), SLOWLY).not.toBeCloseTo(30, 0);
});

test('what somebody left half drawn is theirs: the next person on the phone does not see it, and they find it again', async ({
  visit,
  signedIn,
}, info) => {
  const page = await visit(small);
  const phone = await new TerrainPage(page).open();
  const flow = new DrawingPage(page);
  await phone.newPin.tap();
  await flow.kind('Probleem').tap();
  const note = unique('Nog niet af', info.workerIndex);
  await flow.note.fill(note);
  await flow.stop.tap();
  const unfinished = page.getByText('Je pin is nog niet af.');
  await expect(unfinished).toBeVisible();

  const become = async (person: 'aanjager' | 'eigenaar'): Promise<void> => {
    await page.context().clearCookies();
    await page.context().addCookies((await signedIn(person)).cookies);
    await page.reload();
    await phone.ready();
  };
  await become('eigenaar');
  await expect(unfinished).toBeHidden();
  await phone.newPin.tap();
  await flow.kind('Kans').tap();
  await expect(flow.note).toHaveValue('');
  await flow.stop.tap();
  await become('aanjager');
  await page.getByRole('button', { name: 'Ga verder' }).tap();
  await expect(flow.note).toHaveValue(note);
});
