import type { Page } from '@playwright/test';

/** The rows of one table of the app's copy on the device; nothing when the copy is not there. */
export async function kept(page: Page, database: string, table: string): Promise<Record<string, unknown>[]> {
  return page.evaluate(
    async ([name, store]) => {
      // Opening what is not there would make it.
      if (!(await indexedDB.databases()).some((there) => there.name === name)) return [];
      return new Promise<Record<string, unknown>[]>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const db = opening.result;
          const reading = db.transaction(store).objectStore(store).getAll();
          reading.onerror = () => reject(new Error(`${store} cannot be read`));
          reading.onsuccess = () => {
            db.close();
            resolve(reading.result as Record<string, unknown>[]);
          };
        };
      });
    },
    [database, table] as const,
  );
}

/** How many rows a table of the app's copy has; costs the page next to nothing. */
export async function countKept(page: Page, database: string, table: string): Promise<number> {
  return page.evaluate(
    async ([name, store]) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const db = opening.result;
          const counting = db.transaction(store).objectStore(store).count();
          counting.onerror = () => reject(new Error(`${store} cannot be read`));
          counting.onsuccess = () => {
            db.close();
            resolve(counting.result);
          };
        };
      }),
    [database, table] as const,
  );
}

/** Adds rows to one table of the app's copy, as the app itself would have written them. */
export async function add(page: Page, database: string, table: string, rows: object[]): Promise<void> {
  await page.evaluate(
    async ([name, store, made]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const db = opening.result;
          const writing = db.transaction(store, 'readwrite');
          for (const row of made) writing.objectStore(store).add(row);
          writing.onerror = () => reject(new Error(`${store} cannot be written`));
          writing.oncomplete = () => {
            db.close();
            resolve();
          };
        };
      }),
    [database, table, rows] as const,
  );
}

/** The name of the copy that the app works on now. */
export const database = (page: Page): Promise<string> =>
  page.evaluate(() => `terrein.${localStorage.getItem('terrein.person') ?? 'visitor'}`);
