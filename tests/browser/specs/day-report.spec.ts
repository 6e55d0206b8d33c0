import { randomUUID } from 'node:crypto';
import { expect, test } from '../fixtures';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { ask, titlesInGraph } from '../support/graph';
import { keptForOffline } from '../support/offline';

test('the report of the day says what waits, and once it arrived what the server holds of it', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_DIKE } });
  const terrain = await new TerrainPage(page).open();
  const terrainId = terrain.id;
  await keptForOffline(page);
  await page.context().setOffline(true);
  const title = `Scheef bord ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  for (const nth of [1, 2, 3]) {
    await terrain.newPin.tap();
    await flow.kind('Probleem').tap();
    await flow.note.fill(`${title} nr ${nth}`);
    await flow.save.tap();
    await expect(flow.root).toBeHidden();
  }
  await page.getByText('Geen bereik. 3 pins wachten op bereik').tap();
  await page.getByRole('link', { name: 'Dagverslag' }).tap();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dagverslag');
  const pins = page.getByRole('main').getByRole('listitem').filter({ hasText: 'pins' });
  await expect(pins).toHaveText(/0 pins\s*3 onderweg/);
  await expect(page.getByText('3 dingen zijn nog onderweg')).toBeVisible();
  await shoot(page, 'dagverslag/1-onderweg');
  await page.reload();
  await expect(pins, 'also after a start without a network').toHaveText(/0 pins\s*3 onderweg/);

  await page.context().setOffline(false);
  await expect(page.getByText('3 pins aangekomen')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Alles van vandaag staat op de server.')).toBeVisible();
  await expect(page.getByText(/Nagekeken met de server om \d\d:\d\d/)).toBeVisible({ timeout: 20_000 });
  const there = (await titlesInGraph(page, terrainId)).filter((other) => other?.startsWith(title));
  expect(there).toHaveLength(3);
  await shoot(page, 'dagverslag/2-aangekomen');

  // Taken away by the same person elsewhere: acknowledged once, and no longer held.
  const { node } = await askForIssues(page, terrainId);
  const first = node.issues.edges.map((edge) => edge.node).find((issue) => issue.title?.startsWith(title));
  const away = await visit({ device: 'desk', as: 'aanjager' });
  await new TerrainPage(away).open();
  await withdraw(away, first?.id ?? '');
  await page.getByRole('button', { name: 'Kijk na bij de server' }).tap();
  await expect(page.getByText('2 pins aangekomen')).toBeVisible({ timeout: 20_000 });
  await expect(pins).toHaveText(/2 pins\s*1 weer weggehaald/);
});

interface Issues {
  node: { issues: { edges: { node: { id: string; title: string | null } }[] } };
}
const askForIssues = (page: Parameters<typeof ask>[0], id: string): Promise<Issues> =>
  ask<Issues>(
    page,
    'query ($id: ID!) { node(id: $id) { ... on Terrain { issues(first: 100) { edges { node { id title } } } } } }',
    { id },
  );
const withdraw = (page: Parameters<typeof ask>[0], issueId: string): Promise<unknown> =>
  ask(page, 'mutation ($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }', {
    input: { commandId: randomUUID(), issueId },
  });
