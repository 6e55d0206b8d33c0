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

test('files of the app come in brotli to who takes that, and are not sent again when nothing changed', async ({
  server,
}) => {
  const page = await (await fetch(`${server.url}/`, { headers: { accept: 'text/html' } })).text();
  const script = /assets\/index-[\w-]+\.js/.exec(page)?.[0] ?? '';
  const ask = (accepted: string, seen = ''): Promise<Response> =>
    fetch(`${server.url}/${script}`, {
      headers: { 'accept-encoding': accepted, ...(seen ? { 'if-none-match': seen } : {}) },
    });
  const [small, plain, other, refused] = await Promise.all(
    ['gzip, br', 'identity', 'gzip', 'br;q=0'].map((accepted) => ask(accepted)),
  );
  const as = (answer: Response | undefined, name: string): string | null =>
    answer?.headers.get(name)?.toLowerCase() ?? null;
  expect([small, plain, other, refused].map((answer) => as(answer, 'content-encoding'))).toEqual([
    'br',
    null,
    'gzip',
    null,
  ]);
  expect(as(small, 'vary')).toBe('accept-encoding');
  expect(as(plain, 'vary')).toContain('accept-encoding');
  expect(as(small, 'content-type')).toBe('text/javascript');
  expect(as(small, 'cache-control')).toContain('immutable');
  const text = await plain?.text();
  expect(await small?.text()).toBe(text);
  expect(Number(small?.headers.get('content-length'))).toBeLessThan((text ?? '').length / 3);

  const tag = small?.headers.get('etag') ?? '';
  expect(plain?.headers.get('etag')).not.toBe(tag);
  expect((await ask('br', tag)).status).toBe(304);
  expect((await ask('identity', tag)).status).toBe(200);
});
