import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_HARBOUR } from '../support/devices';
import { idsInFeed, issueTiles, isThere, titlesInGraph } from '../support/graph';
import { countTouches } from '../support/touches';

/** The design says one second; a machine that draws two maps in software is given two. */
const LIVE_MS = 2000;

test('a pin set on a phone stands on the desk of another person within a second, and nobody else sees it', async ({
  visit,
  shoot,
}, info) => {
  const phone = new TerrainPage(await visit({ device: 'phone', as: 'aanjager' }));
  const desk = new TerrainPage(await visit({ as: 'ondernemer' }));
  const neighbour = new TerrainPage(await visit({ as: 'buur' }));
  const stranger = new TerrainPage(await visit());
  await Promise.all([phone.open(), desk.open()]);
  // The list shows what the map shows, and draws no third and fourth map.
  for (const { page, rows } of [neighbour, stranger]) {
    await page.goto(`${new URL(desk.page.url()).pathname}/lijst`);
    await expect(rows.first()).toBeVisible();
  }
  const title = `Putdeksel ligt los ${info.workerIndex}${Date.now()}`;

  // Where, what, save. The note is spoken or typed between touches.
  const touches = await countTouches(phone.page);
  const flow = new PinFlow(phone.page);
  await phone.newPin.tap();
  await flow.step('Waar is het?');
  await expect(phone.page.locator('.callout')).toContainText('plek ± 6 m');
  await shoot(phone.page, 'live-pin/1-waar');
  await flow.kind('Probleem').tap();
  await flow.step('Wat is er?');
  await flow.note.fill(title);
  await shoot(phone.page, 'live-pin/2-wat');
  await flow.save.tap();
  await expect(phone.page.getByText('Pin bewaard')).toBeVisible();
  expect(await touches()).toBeLessThanOrEqual(3);
  await shoot(phone.page, 'live-pin/3-bewaard');

  // A new pin is the team's own until it is shared.
  await phone.openList();
  await phone.row(title).getByRole('button').tap();
  const sheet = new IssuePage(phone.page);
  await sheet.shows(title);
  const issueId = sheet.id;
  await expect.poll(() => isThere(phone.page, issueId), 'it has reached the server').toBe(true);
  expect(await isThere(desk.page, issueId)).toBe(false);
  await expect(desk.row(title)).toHaveCount(0);
  const before = await desk.rows.count();

  await sheet.openAct('Wie mag dit zien');
  const terrain = sheet.dialog.getByRole('button', { name: 'Het hele terrein' });
  await expect(terrain).toBeVisible();
  const shared = Date.now();
  await terrain.tap();
  await desk.row(title).waitFor({ timeout: 15_000 });
  const waited = Date.now() - shared;
  info.annotations.push({ type: 'live pin', description: `${waited} ms from the touch to the other desk` });
  console.log(`live pin: ${waited} ms from the touch to the other desk`);
  expect(waited).toBeLessThan(LIVE_MS);
  await expect(desk.rows).toHaveCount(before + 1);
  await shoot(desk.page, 'live-pin/4-bureau');

  await desk.row(title).getByRole('button').click();
  await new IssuePage(desk.page).shows(title);
  await expect(desk.pin(title)).toHaveAttribute('aria-current', 'true');
  await shoot(desk.page, 'live-pin/5-bureau-melding');

  // That the checks below can find it at all, they show for somebody who may see it.
  expect(await titlesInGraph(desk.page, desk.id)).toContain(title);
  expect(await idsInFeed(desk.page, desk.id)).toContain(issueId);
  expect(await issueTiles(desk.page, AT_THE_HARBOUR)).toContain(issueId);

  for (const other of [neighbour, stranger]) {
    await expect(other.rows.first()).toBeVisible();
    await expect(other.page.getByText(title)).toHaveCount(0);
    expect(await isThere(other.page, issueId)).toBe(false);
    expect(await titlesInGraph(other.page, desk.id)).not.toContain(title);
    expect(await idsInFeed(other.page, desk.id)).not.toContain(issueId);
    const tiles = await issueTiles(other.page, AT_THE_HARBOUR);
    expect(tiles).not.toContain(issueId);
    expect(tiles).not.toContain(title);
    await other.page.goto(desk.page.url());
    await expect(
      other.page.getByText('Dit bestaat niet of is niet met jou gedeeld.', { exact: true }),
    ).toBeVisible();
  }
  await shoot(stranger.page, 'live-pin/6-niet-gedeeld');
});

test('the third step shares a pin with the whole terrain', async ({ visit, shoot }, info) => {
  const phone = new TerrainPage(await visit({ device: 'phone', as: 'aanjager' }));
  const desk = new TerrainPage(await visit({ as: 'ondernemer' }));
  await Promise.all([phone.open(), desk.open()]);
  const title = `Bankje bij de kade ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(phone.page);

  await phone.newPin.tap();
  await flow.kind('Kans').tap();
  await flow.note.fill(title);
  await flow.toWho();
  const company = flow.root.getByRole('checkbox').first();
  await company.check();
  await flow.visibleTo('Het hele terrein');
  await shoot(phone.page, 'live-pin/7-wie');
  const saved = Date.now();
  await flow.save.tap();
  await desk.row(title).waitFor({ timeout: 15_000 });
  const waited = Date.now() - saved;
  info.annotations.push({ type: 'live pin', description: `${waited} ms from saving to the other desk` });
  console.log(`live pin: ${waited} ms from saving to the other desk`);
  expect(waited).toBeLessThan(LIVE_MS);
});
