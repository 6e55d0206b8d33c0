import { expect, type Page } from '@playwright/test';

/** Waits until the app itself opens without a network. */
export async function shellKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // The page that brought the worker is under its care from the next start on.
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
  });
}

/** Waits until the app can do without a network: its shell, and the ground of its terrain down to the street. */
export async function keptForOffline(page: Page): Promise<void> {
  await shellKept(page);
  let last = -1;
  await expect
    .poll(
      async () => {
        const now = await tilesKept(page);
        const whole = now > 20 && now === last;
        last = now;
        return whole;
      },
      { timeout: 60_000, intervals: [1500] },
    )
    .toBe(true);
}

/** How many tiles of the ground are kept on the device. */
export const tilesKept = (page: Page): Promise<number> =>
  page.evaluate(async () =>
    (await caches.has('ground')) ? (await (await caches.open('ground')).keys()).length : 0,
  );
