import type { Page } from '@playwright/test';

/** Does one thing with one table of the app's copy on the device; `null` when the copy is not there. */
function onTable(
  page: Page,
  database: string,
  table: string,
  act: 'read' | 'count' | 'add',
  rows: object[] = [],
): Promise<unknown> {
  return page.evaluate(
    async ([name, store, what, made]) => {
      // Opening what is not there would make it.
      if (!(await indexedDB.databases()).some((there) => there.name === name)) return null;
      const done = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onerror = () =>
            reject(new Error(`${name}.${store}: ${request.error?.message ?? 'refused'}`));
          request.onsuccess = () => resolve(request.result);
        });
      const db = await done(indexedDB.open(name));
      try {
        const rows = db.transaction(store, what === 'add' ? 'readwrite' : 'readonly').objectStore(store);
        if (what === 'read') return (await done(rows.getAll())) as object[];
        if (what === 'count') return await done(rows.count());
        const adding = made.map((row) => done(rows.add(row)));
        const written = new Promise((resolve) => (rows.transaction.oncomplete = resolve));
        await Promise.all(adding);
        await written;
        return null;
      } finally {
        db.close();
      }
    },
    [database, table, act, rows] as const,
  );
}

/** The rows of one table of the app's copy; nothing when the copy is not there. */
export const kept = async (page: Page, database: string, table: string): Promise<Record<string, unknown>[]> =>
  ((await onTable(page, database, table, 'read')) ?? []) as Record<string, unknown>[];

/** How many rows a table of the app's copy has; costs the page next to nothing. */
export const countKept = async (page: Page, database: string, table: string): Promise<number> =>
  ((await onTable(page, database, table, 'count')) ?? 0) as number;

/** Adds rows to one table of the app's copy, as the app itself would have written them. */
export async function add(page: Page, database: string, table: string, rows: object[]): Promise<void> {
  await onTable(page, database, table, 'add', rows);
}

/** The name of the copy that the app works on now. */
export const database = (page: Page): Promise<string> =>
  page.evaluate(() => `terrein.${localStorage.getItem('terrein.person') ?? 'visitor'}`);
