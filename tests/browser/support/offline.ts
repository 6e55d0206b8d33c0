import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { PEOPLE, type Person } from '../fixtures';
import { AT_THE_DIKE, PHONE } from './devices';
import type { Server } from './server';
import { database } from './store';

/** Waits until the app itself opens without a network: the worker has the page in its care. */
export const shellKept = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
  });

/** Takes a terrain along by its button, and waits until it is whole. */
export async function takeAlong(page: Page, name = 'De Hooge Waard'): Promise<void> {
  await page.goto('/meenemen');
  await page.getByRole('button', { name: `Neem mee: ${name}` }).click();
  await expect(page.getByRole('button', { name: `Haal weg: ${name}` })).toBeVisible({ timeout: 30_000 });
}

/** Waits until the app can do without a network: its shell, and the terrain in use; goes back to where the page was. */
export async function keptForOffline(page: Page): Promise<void> {
  await shellKept(page);
  const here = page.url();
  await takeAlong(page);
  await page.goto(here);
}

/** The files of packs on this device. */
export const filesKept = (page: Page): Promise<{ path: string; bytes: number }[]> =>
  page.evaluate(async () => {
    const found: { path: string; bytes: number }[] = [];
    const walk = async (at: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of at.entries())
        if (handle.kind === 'directory') await walk(handle, `${path}/${name}`);
        else
          found.push({
            path: `${path}/${name}`,
            bytes: (await handle.getFile()).size,
          });
    };
    await walk(await navigator.storage.getDirectory(), '');
    return found;
  });

/** A phone of somebody's own on a server of its own: it will be stopped, or their session ended. */
export async function phoneOf(
  browser: Browser,
  server: Server,
  person: Person,
): Promise<[Page, BrowserContext]> {
  const context = await browser.newContext({
    ...PHONE,
    baseURL: server.url,
    locale: 'nl-NL',
    timezoneId: 'Europe/Amsterdam',
    geolocation: AT_THE_DIKE,
    permissions: ['geolocation'],
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(await server.signInLink(PEOPLE[person]));
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
  await shellKept(page);
  return [page, context];
}

/**
 * As after a night in a pocket: a new page, nothing in the browser's own caches, no tile that somebody came past. When
 * the map has its first picture stands on the page as `data-drawn-at`, in milliseconds since it was asked for.
 */
export async function coldStart(
  context: BrowserContext,
  page: Page,
  path: string,
  slowed = 1,
): Promise<Page> {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.clearBrowserCache');
  await page.evaluate(() => caches.delete('tiles'));
  await page.close();
  const next = await context.newPage();
  await next.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('.map[data-ready]')) return;
      seen.disconnect();
      document.documentElement.dataset['drawnAt'] = String(performance.now());
    });
    seen.observe(document, {
      attributes: true,
      attributeFilter: ['data-ready'],
      childList: true,
      subtree: true,
    });
  });
  const slow = await context.newCDPSession(next);
  await slow.send('Emulation.setCPUThrottlingRate', { rate: slowed });
  await next.goto(path);
  return next;
}

/** How many rows of a terrain the copy has in a table; counted where they are, for there may be many. */
export const rowsOf = async (page: Page, table: string, terrainId: string): Promise<number> =>
  page.evaluate(
    async ([name, store, terrain]) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const db = opening.result;
          const counting = db.transaction(store).objectStore(store).index('terrainId').count(terrain);
          counting.onerror = () => reject(new Error(`${store} cannot be read`));
          counting.onsuccess = () => {
            db.close();
            resolve(counting.result);
          };
        };
      }),
    [await database(page), table, terrainId] as const,
  );
