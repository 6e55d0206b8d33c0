import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { MorePage } from '../pages/more';
import { SignInPage } from '../pages/sign-in';
import { TerrainPage } from '../pages/terrain';
import { withAuthenticator } from '../support/passkey';
import { Server } from '../support/server';

const part = (page: Page, name: string) => page.getByRole('region', { name });

async function openAccount(page: Page): Promise<void> {
  await page.goto('/account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mijn account');
  await expect(part(page, 'Apparaten').getByText('dit apparaat')).toBeVisible();
}

test('a passkey is made, named, signs in without an address, and is taken away', async ({
  visit,
  server,
  shoot,
}) => {
  const page = await visit({ device: 'phone' });
  const device = await withAuthenticator(page);
  await page.goto(await server.signInLink(PEOPLE.eigenaar));
  await page.getByRole('button', { name: 'Log in' }).tap();
  await page.waitForURL(/\/terrein\//);
  await openAccount(page);
  const passkeys = part(page, 'Passkeys');
  await expect(passkeys).toContainText('Je hebt nog geen passkey.');
  await passkeys.getByRole('button', { name: 'Maak een passkey' }).tap();
  await expect(passkeys.getByRole('listitem')).toHaveCount(1);
  await passkeys.getByRole('button', { name: /een andere naam/ }).tap();
  await page.getByRole('dialog').getByLabel('Naam').fill('Telefoon van het werk');
  await page.getByRole('dialog').getByRole('button', { name: 'Bewaar' }).tap();
  await expect(passkeys.getByRole('listitem')).toContainText('Telefoon van het werk');
  await shoot(page, 'account/telefoon-passkey');

  const more = await new MorePage(page).open();
  await device.asks(false);
  await more.signOut.tap();
  await page.waitForURL(/\/terrein\//);
  await new SignInPage(page).open();
  await shoot(page, 'account/telefoon-inloggen');
  await device.asks(true);
  await page.getByRole('button', { name: 'Verder met passkey' }).tap();
  await page.waitForURL(/\/terrein\//);
  await openAccount(page);
  await expect(part(page, 'Apparaten')).toContainText('met een passkey');
  await expect(passkeys.getByRole('listitem')).toContainText('Laatst gebruikt op');

  await passkeys.getByRole('button', { name: 'Haal Telefoon van het werk weg' }).tap();
  await expect(page.getByRole('dialog')).toContainText('Dit is je laatste passkey.');
  await page.getByRole('dialog').getByRole('button', { name: 'Haal weg' }).tap();
  await expect(passkeys).toContainText('Je hebt nog geen passkey.');
});

test('the mail field offers the passkey by itself', async ({ visit, server }) => {
  const page = await visit();
  await withAuthenticator(page);
  await page.goto(await server.signInLink(PEOPLE.buur));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/terrein\//);
  await openAccount(page);
  await part(page, 'Passkeys').getByRole('button', { name: 'Maak een passkey' }).click();
  await expect(part(page, 'Passkeys').getByRole('listitem')).toHaveCount(1);
  const more = await new MorePage(page).open();
  await more.signOut.click();
  await page.waitForURL(/\/terrein\//);
  // The device's owner picks the one passkey there is as soon as it is offered.
  await page.goto('/inloggen');
  await page.waitForURL(/\/terrein\//);
  await more.open();
  await expect(more.account).toContainText(PEOPLE.buur);
});

test('a role that asks for a passkey says so until there is one, and counts from then on', async ({
  visit,
  shoot,
}) => {
  const server = await Server.start({ settings: ['--strong-sign-in', 'required'] });
  try {
    const page = await visit({ device: 'phone', options: { baseURL: server.url } });
    await withAuthenticator(page);
    const screen = await new SignInPage(page).open();
    const seen = await server.mails();
    await screen.ask(PEOPLE.aanjager);
    const { code } = await server.mailAfter(seen, PEOPLE.aanjager);
    await screen.code.fill(code);
    await page.waitForURL(/\/account$/);
    const passkeys = part(page, 'Passkeys');
    await expect(passkeys.getByRole('note')).toContainText('Je rol vraagt om een passkey');
    await shoot(page, 'account/telefoon-rol-vraagt-passkey');
    await page.goto('/');
    await page.waitForURL(/\/terrein\//);
    await page.getByRole('link', { name: 'Je rol vraagt om een passkey. Maak er een.' }).tap();
    await passkeys.getByRole('button', { name: 'Maak een passkey' }).tap();
    await expect(passkeys.getByRole('listitem')).toHaveCount(1);
    await expect(passkeys.getByRole('note')).toHaveCount(0);
    const terrain = await new TerrainPage(page).open();
    await expect(page.getByText('Je rol vraagt om een passkey. Maak er een.')).toHaveCount(0);
    await terrain.openList();
    await expect(terrain.row('Uitbreiden lukt niet: het net is vol')).toBeVisible();

    // Another device of theirs, let in by a mail: a mailbox alone adds no second passkey.
    const second = await visit({ options: { baseURL: server.url } });
    await withAuthenticator(second);
    const again = await new SignInPage(second).open();
    const before = await server.mails();
    await again.ask(PEOPLE.aanjager);
    await again.code.fill((await server.mailAfter(before, PEOPLE.aanjager)).code);
    await second.waitForURL(/\/account$/);
    const there = part(second, 'Passkeys');
    await there.getByRole('button', { name: 'Maak een passkey' }).click();
    await expect(there.getByRole('alert')).toContainText('Log eerst in met een passkey die je al hebt');
    await expect(there.getByRole('link', { name: 'Log opnieuw in' })).toBeVisible();
    // A refusal that another sign-in does not take away asks for none.
    await second.route('**/passkeys/options', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: '{"code":"PASSKEY_INVALID"}',
      }),
    );
    await there.getByRole('button', { name: 'Maak een passkey' }).click();
    await expect(there.getByRole('alert')).toHaveText(
      'Deze passkey is niet toegevoegd. Probeer het nog eens.',
    );
    await expect(there.getByRole('link', { name: 'Log opnieuw in' })).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test('all other devices are signed out at once', async ({ visit, server, shoot }) => {
  const pages = [await visit(), await visit()];
  for (const page of pages) {
    // Nobody else's in these tests: it ends their other sessions, and an address gets three links an hour.
    await page.goto(await server.signInLink(PEOPLE.partner));
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(/\/terrein\//);
  }
  const [here, there] = pages as [Page, Page];
  await openAccount(here);
  await shoot(here, 'account/bureau');
  await part(here, 'Apparaten').getByRole('button', { name: 'Log alle andere uit' }).click();
  await here.getByRole('dialog').getByRole('button', { name: 'Log alle andere uit' }).click();
  await expect(part(here, 'Apparaten').getByRole('listitem')).toHaveCount(1);
  const more = await new MorePage(there).open();
  await expect(more.account).toContainText('Je kijkt mee zonder account.');
});

test('an access code is shown once, works, and works no more when it is revoked', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ as: 'aanjager' });
  await openAccount(page);
  const tokens = part(page, "Toegang voor programma's");
  await tokens.getByRole('button', { name: 'Maak een toegangscode' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Waar is hij voor?').fill('QGIS op kantoor');
  await dialog.getByRole('button', { name: 'Maak een toegangscode' }).click();
  const secret = await dialog.getByLabel('Toegangscode', { exact: true }).inputValue();
  await shoot(page, 'account/bureau-toegangscode');
  await dialog.getByRole('button', { name: 'Ik heb hem bewaard' }).click();
  await expect(tokens.getByRole('listitem')).toContainText('QGIS op kantoor');
  expect(await page.locator('body').innerHTML()).not.toContain(secret);

  const ask = () =>
    page.evaluate(async (token) => {
      const response = await fetch('/graphql', {
        method: 'POST',
        credentials: 'omit',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ viewer { email } }' }),
      });
      return { status: response.status, text: await response.text() };
    }, secret);
  expect((await ask()).text).toContain(PEOPLE.aanjager);
  await tokens.getByRole('button', { name: 'Maak QGIS op kantoor ongeldig' }).click();
  await dialog.getByRole('button', { name: 'Maak ongeldig' }).click();
  await expect(tokens.getByText('QGIS op kantoor')).toHaveCount(0);
  expect((await ask()).status).toBe(401);
});

test('my data come as a file, and what I did stands in the log', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone', as: 'ondernemer' });
  await openAccount(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download mijn gegevens' }).tap(),
  ]);
  const data = JSON.parse(await readFile(await download.path(), 'utf8')) as object;
  expect(JSON.stringify(data)).toContain(PEOPLE.ondernemer);
  await page.getByRole('link', { name: 'Wat ik deed' }).tap();
  await expect(page.getByRole('listitem').first()).toContainText('downloadde de eigen gegevens');
  await shoot(page, 'account/telefoon-logboek');
});

test('without a network the account shows what was seen, and says what has to wait', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'eigenaar' });
  await openAccount(page);
  await page.getByRole('button', { name: 'Terug' }).tap();
  await page.context().setOffline(true);
  await page.getByRole('link', { name: /Mijn account/ }).tap();
  const devices = part(page, 'Apparaten');
  await expect(devices.getByText('dit apparaat')).toBeVisible();
  await expect(devices).toContainText('Geen bereik. Zo stond het op');
  const download = page.getByRole('button', { name: 'Download mijn gegevens' });
  await expect(download).toHaveAttribute('aria-disabled', 'true');
  await expect(download).toHaveAccessibleDescription('Dit kan pas weer bij bereik.');
  await shoot(page, 'account/telefoon-zonder-bereik');
  await page.context().setOffline(false);
});
