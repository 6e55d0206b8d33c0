import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE, AT_THE_HALT, SMALLEST_PHONE } from '../support/devices';
import { titlesInGraph } from '../support/graph';
import { tooSmall } from '../support/layout';
import { database, kept } from '../support/store';
import { countTouches } from '../support/touches';

const placesOf = async (page: Page, title: string): Promise<string[]> =>
  (await kept(page, await database(page), 'issue'))
    .filter((issue) => issue['title'] === title)
    .map((issue) => JSON.stringify(issue['geometry']));

test('ten lamps that are out take 22 touches, and each stands at its own place', async ({
  visit,
  shoot,
}, info) => {
  // Ten times a map that comes to rest, drawn in software.
  test.slow();
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_HALT } });
  const phone = await new TerrainPage(page).open();
  const title = `Lamp uit ${info.workerIndex}${Date.now()}`;
  const touches = await countTouches(page);
  const flow = new PinFlow(page);
  await phone.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await page.getByRole('button', { name: 'Nog zo een' }).tap();
  await flow.step('Nog zo een');
  for (let lamp = 2; lamp <= 10; lamp += 1) {
    const { latitude, longitude } = AT_THE_HALT;
    await page
      .context()
      .setGeolocation({ latitude, longitude: longitude + lamp * 0.0002, accuracy: 10 + lamp });
    // The walk to the next lamp; a place of a second ago still counts.
    await page.waitForTimeout(1100);
    await flow.toMyPlace.tap();
    await expect(page.locator('.callout')).toContainText(`plek ± ${10 + lamp} m`);
    await flow.root.getByRole('button', { name: 'Zet hier' }).tap();
    await expect(page.getByText(`${lamp - 1} erbij gezet`)).toBeVisible();
    if (lamp === 3) await shoot(page, 'pin-flow/nog-zo-een');
  }
  expect(await touches()).toBeLessThanOrEqual(22);
  await page.getByRole('button', { name: 'Ongedaan maken' }).tap();
  await expect
    .poll(async () => (await titlesInGraph(page, phone.id)).filter((one) => one === title).length)
    .toBe(9);
  expect(new Set(await placesOf(page, title)).size, 'each has a place of its own').toBe(9);
  await flow.stop.tap();
  await phone.newPin.tap();
  await flow.step('Waar is het?');
});

test('what was reported here already is offered first, and the note becomes a reaction to it', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_DIKE } });
  const phone = await new TerrainPage(page).open();
  const title = `Verzakte stoep ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  await phone.newPin.tap();
  await expect(page.locator('.callout')).toContainText('plek ± 9 m');
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Pin bewaard')).toBeVisible();

  await phone.newPin.tap();
  await expect(page.locator('.callout')).toContainText('plek ± 9 m');
  await flow.kind('Probleem').tap();
  await flow.note.fill('Er is iemand gevallen');
  await shoot(page, 'pin-flow/hier-al-gemeld');
  await flow.near.getByRole('button', { name: title }).tap();
  const issue = new IssuePage(page);
  await issue.shows(title);
  await issue.comments.getByRole('button', { name: 'Plaats' }).tap();
  await expect(
    issue.comments.getByRole('listitem').filter({ hasText: 'Er is iemand gevallen' }),
  ).toBeVisible();
  expect((await placesOf(page, title)).length, 'no second pin').toBe(1);
  // The draft went into the reaction: the next pin begins empty.
  await phone.open();
  await phone.newPin.tap();
  await flow.kind('Kans').tap();
  await expect(flow.note).toHaveValue('');
});

test('on the smallest phone every target of the flow is 48 px, and the main acts lie in the lower half', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: SMALLEST_PHONE });
  const phone = await new TerrainPage(page).open();
  const flow = new PinFlow(page);
  const inLowerHalf = async (...acts: ReturnType<PinFlow['kind']>[]): Promise<void> => {
    for (const act of acts)
      expect((await act.boundingBox())?.y).toBeGreaterThan(SMALLEST_PHONE.viewport.height / 2);
  };
  await inLowerHalf(phone.newPin);
  await phone.newPin.tap();
  await flow.step('Waar is het?');
  await inLowerHalf(flow.kind('Probleem'), flow.kind('Kans'), flow.kind('Uitdaging'));
  expect(await tooSmall(page, 48)).toEqual([]);
  await shoot(page, 'pin-flow/klein-waar');
  await flow.kind('Kans').tap();
  await flow.step('Wat is er?');
  await inLowerHalf(flow.save);
  expect(await tooSmall(page, 48)).toEqual([]);
  await shoot(page, 'pin-flow/klein-wat');
  await flow.toWho();
  await inLowerHalf(flow.save);
  expect(await tooSmall(page, 48)).toEqual([]);
});
