import { expect, type Page } from '@playwright/test';
import { photo } from '../support/photo';

type Device = 'phone' | 'desk';

interface Stop {
  name: string;
  /** Below the terrain's own address, or from the root. */
  path: string;
  /** What has to be there before the screen counts as shown. */
  shows: string;
  only?: Device;
  /** What only the server can do. */
  online?: true;
  /** Goes on from a place to the screen, when an address alone does not lead there. */
  act?: (page: Page) => Promise<void>;
}

/** Every screen of the app, in an order in which one leads to the next. By structure, so in every language. */
const STOPS: Stop[] = [
  { name: 'kaart', path: './', shows: '.pins button' },
  { name: 'lijst', path: './lijst', shows: 'main li button' },
  { name: 'lagen', path: './lagen', shows: '[role=switch]', only: 'phone' },
  { name: 'zoeken', path: './zoeken', shows: '[role=combobox]', only: 'phone' },
  { name: 'melding', path: './lijst', shows: 'article h2', act: openFirstIssue },
  { name: 'melding-foto', path: '', shows: 'dialog img', act: (page) => take(page, 'article') },
  { name: 'melding-fotos', path: '', shows: 'article .photos img', act: closeDialog },
  { name: 'deelkeuze', path: '', shows: 'dialog', act: openShare },
  { name: 'melding-plek', path: '', shows: '[data-step=shape] .btn.y', act: openShape },
  { name: 'pin-tekenen', path: './pin', shows: '[data-step=where] .btn.y', act: drawSide },
  { name: 'pin-getekend', path: '', shows: '[data-step=where] .head button', act: closeArea },
  {
    name: 'pin-hoekpunt',
    path: '',
    shows: '[data-step=where] .btn.y',
    act: (page) => page.locator('[data-step=where] .head button').last().click(),
  },
  {
    name: 'pin-coordinaten',
    path: '',
    shows: '#coordinates',
    act: (page) => page.locator('[data-step=where] .tools button').last().click(),
  },
  {
    name: 'pin-waar',
    path: './pin',
    shows: '[data-step=where] .kinds button',
    act: (page) => page.locator('[data-step=where] .shapes button').first().click(),
  },
  {
    name: 'pin-wat',
    path: '',
    shows: '[data-step=what] textarea',
    act: (page) => page.locator('[data-step=where] .kinds button').first().click(),
  },
  {
    name: 'pin-wat-inspreken',
    path: '',
    shows: 'dialog [role=timer]',
    act: (page) => page.locator('[data-step=what] .speak').click(),
  },
  { name: 'pin-wat-ingesproken', path: '', shows: '[data-step=what] .spoken', act: endRecording },
  {
    name: 'pin-wat-fotos',
    path: '',
    shows: '[data-step=what] .photos img',
    act: (page) => take(page, '[data-step=what]'),
  },
  {
    name: 'pin-wat-foto',
    path: '',
    shows: 'dialog img',
    act: (page) => page.locator('[data-step=what] .photos img').click(),
  },
  { name: 'pin-wat-onherkenbaar', path: '', shows: 'dialog .area', act: coverPart },
  {
    name: 'pin-wie',
    path: '',
    shows: '[data-step=who] li',
    act: async (page) => {
      await closeDialog(page);
      await page.locator('[data-step=what] footer button').first().click();
    },
  },
  { name: 'ronde', path: './ronde', shows: '[data-company]' },
  { name: 'ronde-wie-gesproken', path: '', shows: '[data-covered]', act: openCoverage },
  { name: 'gesprek', path: './gesprek', shows: '[data-asked] textarea' },
  { name: 'terreinen', path: '/terreinen', shows: 'main li a' },
  { name: 'neem-mee', path: '/meenemen', shows: 'main li .pack' },
  { name: 'wachtrij', path: '/wachtrij', shows: 'main .banner' },
  { name: 'dagverslag', path: '/dagverslag', shows: 'main .banner' },
  { name: 'meer', path: '/meer', shows: 'main [role=switch]' },
  { name: 'account', path: '/account', shows: 'main .who' },
  { name: 'mensen', path: './mensen', shows: 'main section h2' },
  { name: 'logboek', path: '/account/logboek', shows: 'main .lead' },
  { name: 'inloggen', path: '/inloggen', shows: '#email' },
  { name: 'inloggen-code', path: '', shows: '#code', act: askForCode, online: true },
];

async function openFirstIssue(page: Page): Promise<void> {
  await page.locator('main li button').first().click();
}
async function openShare(page: Page): Promise<void> {
  await page.locator('article [aria-haspopup=dialog]').click();
}
async function openShape(page: Page): Promise<void> {
  await page.locator('dialog .menu li:nth-child(2) button').click();
}
/** A first side: two corners, the second by keys. */
async function drawSide(page: Page): Promise<void> {
  await page.locator('[data-step=where] .shapes button').last().click();
  await page.locator('[data-step=where] .btn.y').click();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.locator('[data-step=where] .btn.y').click();
}
async function closeArea(page: Page): Promise<void> {
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('Shift+ArrowUp');
  await page.locator('[data-step=where] .btn.y').click();
  await page.locator('[data-step=where] .below-main button').last().click();
}
async function take(page: Page, where: string): Promise<void> {
  const buffer = await photo(page, { width: 640, height: 480 });
  await page
    .locator(`${where} input[type=file]`)
    .setInputFiles({ name: 'foto.jpg', mimeType: 'image/jpeg', buffer });
}
async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toHaveCount(0);
}
/** After a second, so that there is something to hear. */
async function endRecording(page: Page): Promise<void> {
  await expect(page.locator('dialog [role=timer]')).toHaveText('0:01');
  await page.locator('dialog .btn.y').click();
}
async function coverPart(page: Page): Promise<void> {
  await page.locator('dialog .acts .btn').first().click();
  await page.locator('dialog .acts .btn').first().click();
}
async function openCoverage(page: Page): Promise<void> {
  await page.locator('[data-coverage] summary').click();
}
async function askForCode(page: Page): Promise<void> {
  await page.locator('#email').fill('iemand@demo.example');
  await page.locator('form button[type=submit]').click();
}

/**
 * Walks past every screen of somebody who is signed in, without loading the page anew, and calls at each. Without a
 * network it leaves out what only the server can do.
 */
export async function tour(
  page: Page,
  device: Device,
  at: (screen: string) => Promise<void>,
  { offline = false } = {},
): Promise<void> {
  await page.context().grantPermissions(['microphone']);
  await page.goto('/');
  await page.waitForURL(/\/terrein\//);
  await expect(page.locator('.map[data-ready]')).toBeVisible({ timeout: 40_000 });
  const root = new URL(page.url()).pathname;
  for (const { name, path, shows, only, online, act } of STOPS) {
    if ((only && only !== device) || (online && offline)) continue;
    if (path) {
      await page.keyboard.press('Escape');
      await page.evaluate(
        (to) => {
          history.pushState({ depth: 0 }, '', to);
          dispatchEvent(new PopStateEvent('popstate'));
        },
        path.startsWith('.') ? `${root}${path.slice(1)}`.replace(/\/$/, '') : path,
      );
    }
    await act?.(page);
    await expect(page.locator(shows).first(), name).toBeVisible({ timeout: 15_000 });
    // Sheets and pages slide in.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
    );
    await at(name);
  }
}
