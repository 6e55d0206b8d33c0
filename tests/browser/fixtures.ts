import { test as base, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Server } from './support/server';
import { AT_THE_HARBOUR, DESK, PHONE } from './support/devices';

export { expect } from '@playwright/test';

/** People of the demo, by what they are on De Hooge Waard. `buur` belongs to another terrain. */
export const PEOPLE = {
  aanjager: 'aanjager@demo.example',
  ondernemer: 'ondernemer@demo.example',
  eigenaar: 'eigenaar@demo.example',
  gemeente: 'gemeente@demo.example',
  buur: 'buur@demo.example',
  kadebeton: 'kadebeton@demo.example',
  partner: 'partner@demo.example',
} as const;
export type Person = keyof typeof PEOPLE;

export interface Visit {
  device?: 'phone' | 'desk';
  /** Nobody when left out. */
  as?: Person;
  options?: BrowserContextOptions;
}

interface WorkerFixtures {
  server: Server;
  /** Cookies of somebody who signed in with a link, once for all tests of this worker. */
  signedIn: (person: Person) => Promise<Awaited<ReturnType<BrowserContext['storageState']>>>;
}
interface TestFixtures {
  /** A device of its own: another browser profile, so another store and another session. */
  visit: (visit?: Visit) => Promise<Page>;
  /** Keeps a picture in artefacts/ under this name. */
  shoot: (page: Page, name: string) => Promise<void>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  signedIn: [
    async ({ server, browser }, use) => {
      const known = new Map<Person, ReturnType<BrowserContext['storageState']>>();
      const signIn = async (person: Person): ReturnType<BrowserContext['storageState']> => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(await server.signInLink(PEOPLE[person]));
        await page.getByRole('button').click();
        await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
        const { cookies } = await context.storageState();
        await context.close();
        return { cookies, origins: [] };
      };
      await use((person) => {
        const state = known.get(person) ?? signIn(person);
        known.set(person, state);
        return state;
      });
    },
    { scope: 'worker' },
  ],

  visit: async ({ browser, server, signedIn }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async ({ device = 'desk', as, options } = {}) => {
      const context = await browser.newContext({
        ...(device === 'phone' ? PHONE : DESK),
        baseURL: server.url,
        locale: 'nl-NL',
        timezoneId: 'Europe/Amsterdam',
        geolocation: AT_THE_HARBOUR,
        permissions: device === 'phone' ? ['geolocation'] : [],
        ...(as ? { storageState: await signedIn(as) } : {}),
        ...options,
      });
      contexts.push(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  // eslint-disable-next-line no-empty-pattern -- as above
  shoot: async ({}, use) => {
    await use(async (page, name) => {
      const path = join(import.meta.dirname, 'artefacts', `${name}.png`);
      await mkdir(dirname(path), { recursive: true });
      await page.screenshot({ path });
    });
  },
});
