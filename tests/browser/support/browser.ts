import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's Chromium, or the one TERREIN_CHROMIUM names. */
export function chromium(): string {
  const named = process.env['TERREIN_CHROMIUM'];
  if (named) return named;
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const folder of folders) {
    const path = join(folder, 'chromium');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error('Chromium was not found: install the package chromium, or name one in TERREIN_CHROMIUM');
}

/** Draws WebGL in software, works as root, asks nobody outside for anything, and has a microphone that beeps. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-swiftshader',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> & {
  screenshot: 'only-on-failure';
  trace: 'off';
} = {
  browserName: 'chromium',
  launchOptions: { executablePath: chromium(), args: chromiumFlags },
  locale: 'nl-NL',
  timezoneId: 'Europe/Amsterdam',
  colorScheme: 'light',
  screenshot: 'only-on-failure',
  trace: 'off',
};
