import type { Page } from '@playwright/test';

/** Counts every touch of the glass from now on. */
export async function countTouches(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    document.documentElement.dataset['touches'] = '0';
    addEventListener(
      'pointerdown',
      () => {
        const touched = Number(document.documentElement.dataset['touches']) + 1;
        document.documentElement.dataset['touches'] = String(touched);
      },
      { capture: true },
    );
  });
  return async () => Number(await page.locator('html').getAttribute('data-touches'));
}
