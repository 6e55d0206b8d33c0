import { chromium as playwright } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures';
import { chromium, chromiumFlags } from '../support/browser';

test('a browser offers to install the app', async ({ server }) => {
  // Only a profile on disk can install.
  const profile = await mkdtemp(join(tmpdir(), 'terrein-profile-'));
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: chromium(),
    args: chromiumFlags,
    baseURL: server.url,
  });
  try {
    const page = await context.newPage();
    await page.goto('/meer');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const session = await context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(manifest.url).toBe(`${server.url}/manifest.webmanifest`);
    expect(JSON.parse(manifest.data ?? '{}')).toMatchObject({ name: 'Terrein', display: 'standalone' });
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
});
