import type { Page } from '@playwright/test';

/**
 * The copies on the device that apps of before made, as they were shipped: by number of the version, what each added.
 * What stands here stays; a version that is shipped gets a line.
 */
export const SHIPPED: Record<number, Record<string, string>> = {
  1: {
    terrain: 'id',
    plot: 'id, terrainId',
    address: 'id, terrainId',
    company: 'id, terrainId',
    occupancy: 'id, terrainId',
    infrastructure: 'id, terrainId',
    issue: 'id, terrainId',
    comment: 'id, terrainId, issueId',
    detail: 'issueId',
    feed: 'terrainId',
    outbox: '++seq, &commandId, subject',
    setting: 'key',
  },
  2: { receipt: 'commandId, madeAt' },
  3: {
    building: 'id, terrainId',
    conversation: 'id, terrainId',
    promise: 'id, terrainId',
    observation: 'id, terrainId',
    walk: 'id, terrainId',
    walkPoint: '++seq, walkId',
  },
  4: {
    photo: 'id, terrainId, issueId',
    voiceNote: 'id, terrainId, issueId',
    media: 'id, issueId',
    mediaBytes: 'id',
    fileCopy: 'id',
  },
  5: { pack: 'terrainId' },
};

/** The app counts its versions by one, the browser its by ten. */
export const PER_VERSION = 10;

/** Lays down the copy of a person as an app of this version left it. The page must not have opened the app. */
export async function layDown(
  page: Page,
  version: number,
  person: string,
  rows: Record<string, object[]>,
): Promise<void> {
  const stores = Object.assign({}, ...Object.values(SHIPPED).slice(0, version)) as Record<string, string>;
  await page.evaluate(
    async ([id, number, tables, given]) => {
      localStorage.setItem('terrein.person', id);
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(`terrein.${id}`, number);
        request.onerror = () => reject(new Error(request.error?.message ?? 'refused'));
        request.onupgradeneeded = () => {
          for (const [name, form] of Object.entries(tables)) {
            const [key = '', ...indexes] = form.split(', ');
            const options = { keyPath: key.replace('++', ''), autoIncrement: key.startsWith('++') };
            const store = request.result.createObjectStore(name, options);
            for (const index of indexes)
              store.createIndex(index.replace('&', ''), index.replace('&', ''), {
                unique: index.startsWith('&'),
              });
            for (const row of given[name] ?? []) store.add(row);
          }
        };
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      });
    },
    [person, version * PER_VERSION, stores, rows] as const,
  );
}
