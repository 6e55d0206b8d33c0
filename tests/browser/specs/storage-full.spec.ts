import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_HALT } from '../support/devices';
import { titlesInGraph } from '../support/graph';
import { shellKept } from '../support/offline';
import { database, kept } from '../support/store';

/** Grants this origin so many bytes, and waits until it feels that: for half a minute a browser goes by what it granted before. */
async function grant(page: Page, quota: (usage: number) => number): Promise<void> {
  const { origin } = new URL(page.url());
  const devtools = await page.context().newCDPSession(page);
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: quota(usage) });
  await expect.poll(() => refused(page), { timeout: 60_000, intervals: [1000] }).toBe(true);
}
/** What the browser grants by itself. */
async function grantAll(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin });
}
/** Whether there is no room for one row more, in a store beside those of the app. */
const refused = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('probe');
      request.onupgradeneeded = () => request.result.createObjectStore('row', { autoIncrement: true });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('no probe'));
    }).catch(() => null);
    if (!db) return true;
    const kept = await new Promise<boolean>((resolve) => {
      const writing = db.transaction('row', 'readwrite');
      writing.oncomplete = () => resolve(true);
      writing.onabort = () => resolve(false);
      writing.objectStore('row').add('x'.repeat(1000));
    });
    db.close();
    return !kept;
  });
/** Tiles that somebody came past. */
const tilesKept = (page: Page): Promise<number> =>
  page.evaluate(async () => (await (await caches.open('tiles')).keys()).length);
/** One more of those, as large as many of them. */
const LARGE = 4_000_000;
const keepTile = (page: Page): Promise<void> =>
  page.evaluate(
    async (bytes) => (await caches.open('tiles')).put('/tiles/ground/9/0/0', new Response('x'.repeat(bytes))),
    LARGE,
  );
const waiting = async (page: Page): Promise<number> =>
  (await kept(page, await database(page), 'outbox')).length;

test('a phone that is full makes room for a pin with what comes again, and keeps the words when there is none left', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_HALT } });
  const terrain = await new TerrainPage(page).open();
  await shellKept(page);
  await keepTile(page);
  const terrainId = terrain.id;
  await page.context().setOffline(true);
  const flow = new PinFlow(page);
  const write = async (title: string): Promise<void> => {
    await terrain.newPin.tap();
    await flow.kind('Probleem').tap();
    await flow.note.fill(title);
    await flow.save.tap();
  };

  // More than is granted: tiles of the map make way.
  const first = `Vol ${info.workerIndex}${Date.now()}`;
  await grant(page, (usage) => usage - LARGE / 2);
  await write(first);
  await expect(page.getByText('Geen bereik. 1 pin wacht op bereik')).toBeVisible();
  expect(await waiting(page)).toBe(1);
  expect(await tilesKept(page)).toBe(0);

  // A reaction for which there is no room stays where it was written.
  await grant(page, () => 1);
  await terrain.openList();
  await terrain.rows.first().getByRole('button').first().tap();
  const issue = new IssuePage(page);
  await issue.comment('Die er niet meer bij past');
  await expect(page.getByText('Bewaren lukte niet')).toBeVisible();
  await expect(issue.comments.getByRole('textbox')).toHaveValue('Die er niet meer bij past');
  expect(await waiting(page)).toBe(1);
  await page.goBack();

  // Nothing more makes way: it says so, and the words stay where they were written, also over a restart.
  const second = `Nog voller ${info.workerIndex}${Date.now()}`;
  await write(second);
  await expect(flow.root.getByRole('alert')).toContainText('Bewaren lukte niet');
  await expect(flow.note).toHaveValue(second);
  await shoot(page, 'vol/niet-opgeslagen');
  expect(await waiting(page)).toBe(1);
  await page.reload();
  await expect(flow.note).toHaveValue(second, { timeout: 40_000 });

  await grantAll(page);
  await flow.save.tap();
  await expect(page.getByText('Geen bereik. 2 pins wachten op bereik')).toBeVisible();
  await page.context().setOffline(false);
  await expect.poll(() => waiting(page), { timeout: 30_000 }).toBe(0);
  const titles = await titlesInGraph(page, terrainId);
  expect(titles.filter((title) => title === first || title === second)).toHaveLength(2);
});
