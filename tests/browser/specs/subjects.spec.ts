import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { DrawingPage } from '../pages/drawing';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE, SMALLEST_PHONE } from '../support/devices';
import { ask } from '../support/graph';
import { tooSmall } from '../support/layout';
import { keptForOffline } from '../support/offline';
import type { Place, Shape } from '../support/shapes';
import { database, kept } from '../support/store';
import { unique } from '../support/unique';

const small = {
  device: 'phone',
  as: 'aanjager',
  options: { ...SMALLEST_PHONE, geolocation: AT_THE_DIKE },
} as const;

interface Row {
  id: string;
  name: string;
  kind: string;
  geometry: Shape | null;
  companyId: string;
  plotId: string | null;
}
const rows = async (page: Page, table: string): Promise<Row[]> =>
  (await kept(page, await database(page), table)) as unknown as Row[];

interface Told {
  plot: { id: string } | null;
  company: { id: string } | null;
  infrastructure: { id: string } | null;
  parties: { edges: { node: { id: string } }[] };
}
/** What the server knows of the issues of this title, once this device has them from there. */
async function told(page: Page, title: string): Promise<Told[]> {
  const issues = (await kept(page, await database(page), 'issue')).filter((row) => row['title'] === title);
  return Promise.all(
    issues.map(async ({ id }) => {
      const { node } = await ask<{ node: Told }>(
        page,
        `query ($id: ID!) { node(id: $id) { ... on Issue {
          plot { id } company { id } infrastructure { id } parties(first: 50) { edges { node { id } } }
        } } }`,
        { id },
      );
      return node;
    }),
  );
}

/** Somebody walks to a place and starts a pin there. */
async function startAt(page: Page, [longitude, latitude]: Place): Promise<PinFlow> {
  await page.context().setGeolocation({ latitude, longitude, accuracy: 4 });
  const flow = new PinFlow(page);
  await new TerrainPage(page).newPin.tap();
  await flow.step('Waar is het?');
  // The walk there; a place of a second ago still counts.
  await page.waitForTimeout(1100);
  await flow.toMyPlace.tap();
  await expect(page.locator('.callout')).toContainText('plek ± 4 m');
  return flow;
}

test('without reception the lamp at the crosshair, the company and the plot are offered, taken or left by one tap each', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit(small);
  const phone = await new TerrainPage(page).open();
  await page.reload();
  await phone.ready();
  await keptForOffline(page);
  const [lamp, nextLamp] = (await rows(page, 'infrastructure')).filter(({ kind }) => kind === 'LAMP');
  const occupancies = await rows(page, 'occupancy');
  const companies = await rows(page, 'company');
  const company = (() => {
    for (const { companyId, plotId: on } of occupancies) {
      const alone = occupancies.filter((other) => other.plotId === on).length === 1;
      const found = companies.find(({ id }) => id === companyId);
      if (on && alone && found?.geometry) return found;
    }
    throw new Error('nobody has a plot to themselves');
  })();
  if (!lamp || !nextLamp) throw new Error('no lamp on the terrain');
  await page.context().setOffline(true);

  let flow = await startAt(page, lamp.geometry?.coordinates as Place);
  await flow.kind('Probleem').tap();
  const about = flow.root.getByRole('region', { name: 'Gaat het hierover?' });
  await about.getByRole('button', { name: lamp.name }).tap();
  await expect(about.getByRole('button', { name: lamp.name })).toHaveAttribute('aria-pressed', 'true');
  const dark = unique('Lamp uit', info.workerIndex);
  await flow.note.fill(dark);
  await about.scrollIntoViewIfNeeded();
  await shoot(page, 'subjects/lamp');
  expect(await tooSmall(page, 48)).toEqual([]);
  await flow.save.tap();
  await page.getByRole('button', { name: 'Nog zo een' }).tap();
  // The next of the row is about the next lamp, and says so before it is set.
  const [longitude, latitude] = nextLamp.geometry?.coordinates as Place;
  await page.context().setGeolocation({ latitude, longitude, accuracy: 3 });
  await page.waitForTimeout(1100);
  await flow.toMyPlace.tap();
  await expect(flow.root.locator('.same')).toContainText(nextLamp.name);
  await shoot(page, 'subjects/nog-zo-een');
  await flow.root.getByRole('button', { name: 'Zet hier' }).tap();
  await expect(page.getByText('1 erbij gezet')).toBeVisible();
  await flow.stop.tap();

  flow = await startAt(page, company.geometry?.coordinates as Place);
  await flow.kind('Kans').tap();
  const plot = about.getByRole('button', { name: /^Perceel/ });
  // In the plot, so about it until somebody says otherwise; a company is nobody's guess.
  await expect(plot).toHaveAttribute('aria-pressed', 'true');
  const chip = about.getByRole('button', { name: company.name });
  await expect(chip).toHaveAttribute('aria-pressed', 'false');
  await chip.tap();
  await plot.tap();
  await expect(plot).toHaveAttribute('aria-pressed', 'false');
  const chance = unique('Dak voor panelen', info.workerIndex);
  await flow.note.fill(chance);
  await about.scrollIntoViewIfNeeded();
  await shoot(page, 'subjects/bedrijf');
  await flow.toWho();
  await expect(flow.root.getByRole('checkbox', { name: company.name })).toBeChecked();
  await flow.save.tap();
  await expect(page.getByText('Pin staat op dit toestel')).toBeVisible();

  await page.context().setOffline(false);
  await expect
    .poll(async () => (await told(page, dark)).map((issue) => issue.infrastructure?.id).toSorted(), {
      timeout: 30_000,
      intervals: [1000],
    })
    .toEqual([lamp.id, nextLamp.id].toSorted());
  await expect
    .poll(() => told(page, chance))
    .toMatchObject([
      {
        plot: null,
        company: { id: company.id },
        infrastructure: null,
        parties: { edges: [{ node: { id: company.id } }] },
      },
    ]);
  await phone.openList();
  await phone.row(dark).first().getByRole('button').tap();
  const issue = new IssuePage(page);
  await issue.shows(dark);
  await expect(issue.root.locator('.facts')).toContainText(/Lichtmast \d+/);
  await shoot(page, 'subjects/melding');
});

test('everybody in an area that was drawn is named with one tap', async ({ visit, shoot }, info) => {
  test.slow();
  const page = await visit({ as: 'aanjager' });
  await new TerrainPage(page).open();
  const company = (await rows(page, 'company')).find(({ geometry }) => geometry);
  const [lon, lat] = company?.geometry?.coordinates as Place;
  const flow = new DrawingPage(page);
  await page.keyboard.press('p');
  await flow.step('Waar is het?');
  await flow.shape('Vlak').click();
  await flow.snapping.click();
  // A square of some hundred metres around it.
  for (const [dx, dy] of [
    [-0.0008, -0.0005],
    [0.0008, -0.0005],
    [0.0008, 0.0005],
    [-0.0008, 0.0005],
  ] as const)
    await flow.type(`${lat + dy}, ${lon + dx}`);
  await flow.size(/^Vlak, /);
  await flow.done('Vlak').click();
  await flow.kind('Uitdaging').click();
  const title = unique('Samen parkeren', info.workerIndex);
  await flow.note.fill(title);
  await flow.toWho();
  const inside = flow.root.getByRole('button', { name: 'In het vlak' });
  const count = Number(/\((\d+)\)/.exec(await inside.innerText())?.[1]);
  expect(count).toBeGreaterThan(0);
  await inside.click();
  await expect(inside).toHaveAttribute('aria-pressed', 'true');
  await shoot(page, 'subjects/in-het-vlak');
  await flow.save.click();
  await expect.poll(async () => (await told(page, title))[0]?.parties.edges.length).toBe(count);
});
