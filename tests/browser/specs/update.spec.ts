import { expect, PEOPLE, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { titlesInGraph } from '../support/graph';
import { Front } from '../support/newer';
import { shellKept } from '../support/offline';
import { queue } from '../support/outbox';
import { Server } from '../support/server';
import { countKept, database } from '../support/store';

test('a newer app comes while work waits: the page that is open goes on in it, with its queue', async ({
  visit,
}) => {
  const title = 'Oud en nieuw';
  const front = await Front.open();
  const server = await Server.start({ settings: ['--public-url', front.url] });
  front.before(server);
  try {
    const page = await visit({ device: 'phone', options: { baseURL: front.url } });
    const link = new URL(await server.signInLink(PEOPLE.aanjager));
    await page.goto(link.pathname + link.search + link.hash);
    await page.getByRole('button').click();
    await page.waitForURL(/\/terrein\//);
    const terrain = await new TerrainPage(page).ready();
    const terrainId = terrain.id;
    await shellKept(page);
    await page.context().setOffline(true);
    await queue(page, terrainId, 3, title);
    await page.reload();
    await terrain.ready();
    await expect(page.getByText('Geen bereik. 3 pins wachten op bereik')).toBeVisible();

    // In reach again of a server that takes no pins for the moment, and has a newer app: the browser finds it.
    await page.context().route('**/graphql', async (route) => {
      const { operationName } = route.request().postDataJSON() as { operationName: string };
      if (operationName === 'ReportIssue') await route.fulfill({ status: 503, body: '' });
      else await route.fallback();
    });
    await front.renew();
    await page.context().setOffline(false);
    await page.evaluate(async () => {
      const came = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve),
      );
      await (await navigator.serviceWorker.ready).update();
      await came;
    });
    // The page is the old one still, and asks for a part that is no more.
    const again = page.waitForEvent('domcontentloaded');
    await terrain.menu.getByRole('link', { name: 'Meer' }).tap();
    await page
      .getByRole('main')
      .getByRole('link', { name: /Wacht op bereik/ })
      .tap();
    await again;
    await expect(page.getByText(`${title} 0`)).toBeVisible();
    expect(await countKept(page, await database(page), 'outbox')).toBe(3);

    await page.context().unroute('**/graphql');
    await page.getByRole('button', { name: 'Probeer nu' }).tap();
    await expect
      .poll(() => titlesInGraph(page, terrainId), { timeout: 20_000 })
      .toEqual(expect.arrayContaining([`${title} 0`, `${title} 1`, `${title} 2`]));
    expect(await countKept(page, await database(page), 'outbox')).toBe(0);
  } finally {
    await server.stop();
    await front.close();
  }
});
