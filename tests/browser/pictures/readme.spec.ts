import type { Page } from '@playwright/test';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { sharesOf } from '../support/paint';

const FOLDER = join(import.meta.dirname, '../../../docs/pictures');
/** A README is read on phones too. */
const MOST_BYTES = 300_000;
/** With the harbour, a street and pins of every kind in sight. */
const BEHIND_THE_QUAY = { latitude: 51.8052, longitude: 5.0815, accuracy: 12 };

async function keep(page: Page, name: string, scale: number): Promise<void> {
  // Tiles, labels and pins come in one after the other: the picture is taken when two in a row are the same.
  let last = '';
  await expect
    .poll(
      async () => {
        const now = (await page.screenshot()).toString('base64');
        const still = now === last;
        last = now;
        return still;
      },
      { timeout: 30_000, intervals: [1500] },
    )
    .toBe(true);
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 88,
    clip: { x: 0, y: 0, width, height, scale },
  });
  const path = join(FOLDER, `${name}.webp`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path, Buffer.from(data, 'base64'));
  expect((await stat(path)).size).toBeLessThan(MOST_BYTES);
}

test('the map on a phone', async ({ visit }) => {
  const page = await visit({
    device: 'phone',
    as: 'aanjager',
    options: { deviceScaleFactor: 2, geolocation: BEHIND_THE_QUAY },
  });
  await new TerrainPage(page).open();
  await page.getByRole('button', { name: 'Naar mijn plek' }).tap();
  await expect(page.locator('.pins .my-place')).toBeInViewport();
  await page.keyboard.press('-');
  // The ring is for who uses a keyboard.
  await page.locator(':focus').blur();
  await expect.poll(async () => (await sharesOf(page, ['--m-b']))['--m-b'] ?? 0).toBeGreaterThan(0.05);
  await keep(page, 'kaart', 2);
});

test('the terrain at the desk', async ({ visit }) => {
  const page = await visit({ as: 'aanjager' });
  await new TerrainPage(page).open();
  await expect.poll(async () => (await sharesOf(page, ['--m-sol']))['--m-sol'] ?? 0).toBeGreaterThan(0.0004);
  await keep(page, 'terrein', 1);
});
