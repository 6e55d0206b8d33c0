import { expect, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { SMALLEST_PHONE } from '../support/devices';
import { shellKept } from '../support/offline';
import { pinRow } from '../support/outbox';
import { add, database } from '../support/store';

/** The share of the window that moves while a screen comes in: the budget of the design. */
const SHIFT = 0.02;

test('rows of the list are not pushed about while the terrain comes in', async ({ visit }) => {
  const known = await visit({ device: 'phone', as: 'ondernemer' });
  await known.goto('/');
  await known.waitForURL(/\/terrein\//);
  // Somebody who has nothing yet, on a line on which the names of terrains come late.
  const page = await visit({ device: 'phone', as: 'ondernemer' });
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      const seen = document.documentElement.dataset;
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
        seen['shift'] = String(Number(seen['shift'] ?? 0) + entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.route('**/graphql', async (route) => {
    const { operationName } = route.request().postDataJSON() as { operationName: string };
    if (operationName === 'Terrains') await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  const named = page.waitForResponse(
    (answer) => answer.request().postData()?.includes('"Terrains"') ?? false,
  );
  await page.goto(`${new URL(known.url()).pathname}/lijst`);
  await expect(new TerrainPage(page).rows.first()).toBeVisible();
  await named;
  await expect(page.getByRole('heading', { level: 1 })).toContainText('De Hooge Waard');
  expect(Number(await page.locator('html').getAttribute('data-shift'))).toBeLessThanOrEqual(SHIFT);
});

test('a long list and a long queue show their first rows, and the rest as somebody scrolls', async ({
  visit,
}) => {
  const page = await visit({ device: 'phone', as: 'partner', options: SMALLEST_PHONE });
  await page.goto('/');
  await page.waitForURL(/\/terrein\//);
  const terrain = new TerrainPage(page);
  const { id } = terrain;
  await shellKept(page);
  await page.context().setOffline(true);
  const made = Array.from({ length: 300 }, (_, index) => pinRow(id, `Lange rij ${index}`, index));
  await add(page, await database(page), 'outbox', made);
  await page.goto(`/terrein/${id.split(':')[1] ?? ''}/lijst`);
  await expect(terrain.rows.first()).toBeVisible();
  expect(await terrain.rows.count()).toBeLessThan(made.length / 2);
  const last = terrain.rows.filter({ hasText: 'Lange rij' });
  await expect
    .poll(async () => {
      await terrain.rows.last().scrollIntoViewIfNeeded();
      return last.count();
    })
    .toBe(made.length);

  await page.goto('/wachtrij');
  const queued = page.getByRole('main').getByRole('listitem');
  await expect(queued.first()).toBeVisible();
  expect(await queued.count()).toBeLessThan(made.length / 2);
  await expect
    .poll(async () => {
      await queued.last().scrollIntoViewIfNeeded();
      return queued.count();
    })
    .toBe(made.length);
});
