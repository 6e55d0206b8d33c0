import { defineConfig } from '@playwright/test';
import { browser } from './support/browser';

const timed = ['live-pin.spec.ts', 'outbox-speed.spec.ts', 'pack-speed.spec.ts', 'pin-flow-speed.spec.ts'];

/** On the real server with the real binary: see fixtures.ts. What is seen is kept in artefacts/. */
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  // Each worker runs a server and a browser that draws maps in software.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  // Promises in seconds are kept on a machine that may be busy with something else: a second try, reported as flaky.
  retries: 1,
  timeout: 90_000,
  // A run takes ten minutes on a quiet machine of two cores: what hangs ends at twice that, what is slow does not.
  globalTimeout: 20 * 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['html', { outputFolder: 'playwright-report', open: 'never' }]],
  use: browser,
  // What is measured in seconds is run by itself, before the rest: see `npm test`.
  projects: [
    { name: 'timed', testMatch: timed },
    { name: 'screens', testIgnore: timed },
  ],
});
