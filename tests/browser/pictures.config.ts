import { defineConfig } from '@playwright/test';
import { browser } from './support/browser';

/** Writes the pictures of the README into docs/pictures: `npm run pictures`. */
export default defineConfig({
  testDir: 'pictures',
  outputDir: 'test-results',
  workers: 1,
  timeout: 90_000,
  reporter: 'list',
  use: browser,
});
