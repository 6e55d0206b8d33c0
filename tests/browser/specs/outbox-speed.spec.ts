import { expect, PEOPLE, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE, SMALLEST_PHONE } from '../support/devices';
import { openInGraph } from '../support/graph';
import { queue } from '../support/outbox';
import { Server } from '../support/server';
import { countKept, database } from '../support/store';

const PINS = 1000;
/** The design's figures, on a phone four times as slow as this machine. */
const FLUSH_MS = 120_000;
/** A tap is answered within this while they go; a machine that is busy is given twice as much. */
const TAP_MS = 500 * 2;
/** Somebody looks at what a tap brought before the next one. */
const LOOKS_MS = 2000;

test('a thousand pins made without a network are sent in two minutes by a slow phone that goes on answering', async ({
  visit,
}, info) => {
  test.setTimeout(360_000);
  // A server of its own: a thousand pins would stand in the way of every other test.
  const server = await Server.start();
  try {
    const options = { ...SMALLEST_PHONE, baseURL: server.url, geolocation: AT_THE_DIKE };
    const page = await visit({ device: 'phone', options });
    await page.goto(await server.signInLink(PEOPLE.aanjager));
    await page.getByRole('button').click();
    await page.waitForURL(/\/terrein\//);
    const terrain = await new TerrainPage(page).ready();
    const { id } = terrain;
    const before = await openInGraph(page, id);
    await page.context().setOffline(true);
    await queue(page, id, PINS);
    await page.goto(`/terrein/${id.split(':')[1] ?? ''}/lijst`);
    await expect(page.getByText(`Geen bereik. ${PINS} pins wachten op bereik`)).toBeVisible();

    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.evaluate(() => {
      const seen = document.documentElement.dataset;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          seen['longest'] = String(Math.max(Number(seen['longest'] ?? 0), duration));
      }).observe({ type: 'longtask' });
    });
    const name = await database(page);
    const started = Date.now();
    await page.context().setOffline(false);
    const taps: number[] = [];
    const tabs = [
      page.getByRole('link', { name: 'Meer' }),
      page.getByRole('link', { name: 'Lijst', exact: true }),
    ];
    for (let turn = 0; (await countKept(page, name, 'outbox')) > 0; turn += 1) {
      const tapped = Date.now();
      await tabs[turn % 2]?.tap();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(turn % 2 ? /^Meldingen/ : 'Meer');
      taps.push(Date.now() - tapped);
      expect(Date.now() - started).toBeLessThan(FLUSH_MS);
      await page.waitForTimeout(LOOKS_MS);
    }
    const took = Date.now() - started;
    const tap = taps.toSorted((a, b) => a - b)[taps.length >> 1] ?? NaN;
    const longest = Number(await page.locator('html').getAttribute('data-longest'));
    const said = `${PINS} pins in ${took} ms at 4 x slow-down; tap ${tap} ms, longest task ${Math.round(longest)} ms`;
    console.log(said);
    info.annotations.push({ type: 'outbox', description: said });
    expect(tap).toBeLessThan(TAP_MS);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    expect(await openInGraph(page, id)).toBe(before + PINS);
  } finally {
    await server.stop();
  }
});
