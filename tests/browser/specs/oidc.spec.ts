import { expect, PEOPLE, test } from '../fixtures';
import { MorePage } from '../pages/more';
import { SignInPage } from '../pages/sign-in';
import { TerrainPage } from '../pages/terrain';
import { Organisation } from '../support/organisation';
import { Server } from '../support/server';
import { ask } from '../support/graph';

test.describe.configure({ mode: 'default' });

let organisation: Organisation;
let server: Server;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  organisation = await Organisation.start();
  server = await Server.start({
    settings: [
      ...['--oidc', await organisation.settings(), '--strong-sign-in', 'required'],
      ...['--privacy-page', 'https://park.example/privacy', '--help-page', 'mailto:hulp@park.example'],
    ],
  });
  await organisation.people({
    'g.debeer': { email: PEOPLE.gemeente, email_verified: true },
    'n.iemand': { email: 'niemand@demo.example', email_verified: true },
  });
});

test.afterAll(async () => {
  await server.stop();
  await organisation.stop();
});

test('an organisation lets its people in, strongly, and knows them the next time', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', options: { baseURL: server.url } });
  // Somebody who looks around wants to set a pin, and is sent to the sign-in screen first.
  const terrain = await new TerrainPage(page).open();
  const began = new URL(page.url()).pathname;
  await terrain.newPin.tap();
  const own = new SignInPage(page).organisation('Gemeente van de proef');
  await shoot(page, 'sign-in/telefoon-organisatie-knop');
  // What the installation says elsewhere is one touch away; of a page it has not, nothing is said.
  const about = page.getByRole('navigation', { name: 'Over deze omgeving' });
  await expect(about.getByRole('link', { name: 'Privacy' })).toHaveAttribute(
    'href',
    'https://park.example/privacy',
  );
  await expect(about.getByRole('link', { name: 'Hulp' })).toHaveAttribute('href', 'mailto:hulp@park.example');
  await expect(about.getByRole('link')).toHaveCount(3);
  await own.tap();
  await expect(page.getByRole('heading')).toHaveText('Organisation of the tests');
  expect(new URL(page.url()).origin).toBe(organisation.issuer);
  await page.getByLabel('User name').fill('g.debeer');
  await page.getByRole('button', { name: 'Sign in' }).tap();
  // Back where it began.
  await page.waitForURL(`${server.url}${began}`);
  const more = await new MorePage(page).open();
  await expect(more.account).toContainText(PEOPLE.gemeente);
  await shoot(page, 'sign-in/telefoon-organisatie');
  // Strongly: its role counts where this is required.
  const { viewer } = await ask<{ viewer: { memberships: { role: string }[] } }>(
    page,
    '{ viewer { memberships { role } } }',
  );
  expect(viewer.memberships.map(({ role }) => role)).toContain('MUNICIPALITY');

  // Signed out here, and still known there: one press, no name asked.
  await more.signOut.tap();
  await page.waitForURL(/\/terrein\//);
  await (await new SignInPage(page).open()).organisation('Gemeente van de proef').tap();
  await page.waitForURL(/\/terrein\//);
  await expect((await more.open()).account).toContainText(PEOPLE.gemeente);
});

test('whoever has no place here, or turned back, is told what to do', async ({ visit, shoot }) => {
  const page = await visit({ options: { baseURL: server.url } });
  await (await new SignInPage(page).open()).organisation('Gemeente van de proef').click();
  await page.getByLabel('User name').fill('n.iemand');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('main')).toContainText('met dit account kun je hier niet inloggen');
  await expect(page.getByRole('main')).not.toContainText('niemand@');
  await shoot(page, 'sign-in/bureau-organisatie-onbekend');
  await page.getByRole('link', { name: 'Naar inloggen' }).click();
  await expect(new SignInPage(page).email).toBeVisible();

  const other = await visit({ device: 'phone', options: { baseURL: server.url, locale: 'en-GB' } });
  await other.goto('/inloggen');
  await other.getByRole('link', { name: 'Continue with Gemeente van de proef' }).tap();
  await other.getByRole('button', { name: 'Cancel' }).tap();
  await expect(other.getByRole('main')).toContainText('Signing in at your organisation did not work.');
  await shoot(other, 'sign-in/telefoon-organisatie-mislukt');
  // The address with its code is spent, and no use to another browser.
  const spent = other.url();
  expect(spent).toContain(`${server.url}/sign-in/oidc/demo/callback?`);
  const third = await visit({ options: { baseURL: server.url } });
  const answer = await third.goto(spent);
  expect(answer?.status()).toBe(422);
});
