import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { invitationLink, invite, join } from '../support/invitation';

/** Shared with the terrain, so an entrepreneur sees it and a visitor does not. */
const FULL_GRID = 'Uitbreiden lukt niet: het net is vol';

async function openPeople(page: Page): Promise<string> {
  const terrain = await new TerrainPage(page).open();
  await page.goto(`${new URL(page.url()).pathname}/mensen`);
  await expect(
    page.getByRole('region', { name: 'Wie doet wat' }).getByRole('listitem').first(),
  ).toBeVisible();
  return terrain.id;
}
const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

test('the last aanjager is told why the role stays, and hands over instead', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone', as: 'aanjager' });
  await openPeople(page);
  await shoot(page, 'people/telefoon');
  await row(page, 'Programma Vitale Terreinen').getByRole('button').first().tap();
  const dialog = page.getByRole('dialog');
  const withdraw = dialog.getByRole('button', { name: 'Trek rol in' });
  await expect(withdraw).toHaveAttribute('aria-disabled', 'true');
  await expect(withdraw).toHaveAccessibleDescription(/laatste aanjager/);
  await shoot(page, 'people/telefoon-waarom-niet');
  await withdraw.tap({ force: true });
  await expect(dialog.getByRole('button', { name: 'Draag over' })).toBeVisible();
});

test('who manages nobody sees the people of their own organisation, and why they cannot invite', async ({
  visit,
}) => {
  const page = await visit({ as: 'ondernemer' });
  await openPeople(page);
  await expect(row(page, 'Aanjager')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Bekijk als ...' })).toHaveCount(0);
});

test('somebody who is here gets another role at once, and nobody gets what is not ours to give', async ({
  visit,
  server,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager' });
  await openPeople(page);
  const mails = (await server.mails()).length;
  const dialog = page.getByRole('dialog');
  const acts = row(page, 'Ondernemer Kadebeton').getByRole('button');
  // Whoever uses keys comes back to where they were, also from a dialog that followed another.
  await acts.press('Enter');
  await dialog.getByRole('button', { name: 'Geef nog een rol' }).press('Enter');
  await expect(dialog.getByLabel('Welke rol?')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(acts).toBeFocused();

  await acts.tap();
  await dialog.getByRole('button', { name: 'Geef nog een rol' }).tap();
  const give = dialog.getByRole('button', { name: 'Geef deze rol' });
  const roles = dialog.getByLabel('Welke rol?');
  // What they have already cannot be given again.
  await expect(roles.getByRole('option', { name: 'Ondernemer (heeft deze rol al)' })).toBeDisabled();
  await roles.selectOption({ label: 'Eigenaar' });
  await shoot(page, 'people/telefoon-geef-rol');
  await give.tap();
  await expect(page.getByText('Ondernemer Kadebeton is nu ook Eigenaar')).toBeVisible();
  const given = row(page, 'Eigenaar, Kadebeton');
  await expect(given).toBeVisible();
  expect((await server.mails()).length).toBe(mails);
  await given.getByRole('button').tap();
  await dialog.getByRole('button', { name: 'Trek rol in' }).tap();
  await dialog.getByRole('button', { name: 'Trek rol in' }).tap();
  await expect(given).toHaveCount(0);

  // An entrepreneur makes nobody owner, and reads why.
  const other = await visit({ as: 'ondernemer' });
  await openPeople(other);
  const refused = other.getByRole('dialog');
  await row(other, 'Jij').getByRole('button').click();
  await refused.getByRole('button', { name: 'Geef nog een rol' }).click();
  const off = refused.getByRole('button', { name: 'Geef deze rol' });
  await expect(off).toHaveAttribute('aria-disabled', 'true');
  await expect(off).toHaveAccessibleDescription('Dit hoort niet bij jouw rol.');
  await shoot(other, 'people/bureau-geef-rol-niet');
});

test('a visitor is asked to sign in before the people of a terrain', async ({ visit }) => {
  const page = await visit({ device: 'phone' });
  await new TerrainPage(page).open();
  await page.goto(`${new URL(page.url()).pathname}/mensen`);
  await expect(page.getByText('Log in om te zien wie hier wat doet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Nodig iemand uit' })).toHaveCount(0);
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).tap();
  await expect(page.getByLabel('Zakelijk e-mailadres')).toBeVisible();
});

/** The pin button is off, and says why to who listens, hovers and taps. */
async function tellsWhyNoPin(page: Page, words: string): Promise<void> {
  const button = page.getByRole('button', { name: 'Zet een pin' }).first();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(new RegExp(words));
  await expect(button).toHaveAttribute('title', new RegExp(words));
  await button.click({ force: true });
  const bubble = page.locator('[popover]:popover-open');
  await expect(bubble).toContainText(words);
  await expect(bubble).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Escape');
  await expect(bubble).toHaveCount(0);
  expect(page.url()).not.toContain('/pin');
}

for (const device of ['phone', 'desk'] as const)
  test(`who has no role on a terrain reads at the pin button why: ${device}`, async ({ visit, shoot }) => {
    const page = await visit({ device, as: 'buur' });
    const terrain = await new TerrainPage(page).open();
    // Their own terrain opens first.
    await page.goto('/terreinen');
    await page.getByRole('main').getByRole('link').filter({ hasText: 'De Hooge Waard' }).click();
    await terrain.ready();
    await tellsWhyNoPin(page, 'Dit terrein hoort niet bij jouw rol.');
    await page.keyboard.press('p');
    await expect(
      page.getByRole('status').filter({ hasText: 'Dit terrein hoort niet bij jouw rol.' }),
    ).toBeVisible();
    await shoot(page, `people/${device}-waarom-geen-pin`);
  });

test('an invitation is sent, waits, and is taken back', async ({ visit, server, shoot }) => {
  const page = await visit({ as: 'aanjager' });
  await openPeople(page);
  await invite(page, { email: 'wacht@demo.example', organisation: 'Kadebeton', role: 'Ondernemer' });
  const waiting = row(page, 'wacht@demo.example');
  await expect(waiting).toContainText('Ondernemer, Kadebeton, De Hooge Waard');
  await shoot(page, 'people/bureau-uitnodiging');
  const link = await invitationLink(server, 'wacht@demo.example');
  await waiting.getByRole('button', { name: /Trek de uitnodiging/ }).click();
  await expect(waiting).toHaveCount(0);
  const guest = await visit();
  await guest.goto(link);
  await expect(guest.getByRole('heading', { level: 2 })).toHaveText('Deze uitnodiging werkt niet meer');
});

test('a role that is withdrawn takes its things from an open page within five seconds', async ({
  visit,
  server,
}) => {
  const manager = await visit({ as: 'aanjager' });
  await openPeople(manager);
  await invite(manager, { email: 'kort@demo.example', organisation: 'Kadebeton', role: 'Ondernemer' });
  const guest = await visit();
  await join(guest, await invitationLink(server, 'kort@demo.example'), 'Kort Erbij');
  const seen = await new TerrainPage(guest).ready();
  await expect(seen.row(FULL_GRID)).toBeVisible();

  await manager.reload();
  await row(manager, 'Kort Erbij').getByRole('button').first().click();
  const dialog = manager.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Trek rol in' }).click();
  await expect(dialog).toContainText('Kort Erbij is dan geen Ondernemer meer');
  await dialog.getByRole('button', { name: 'Trek rol in' }).click();
  await expect(seen.row(FULL_GRID)).toHaveCount(0, { timeout: 5000 });
  await expect(row(manager, 'Kort Erbij')).toHaveCount(0);
});

test('the aanjager sees the terrain with the eyes of another, changes nothing, and goes back', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager' });
  await openPeople(page);
  await page.getByLabel('Welke rol?').selectOption({ label: 'Iemand zonder account' });
  await page.getByRole('button', { name: 'Bekijk het terrein' }).tap();
  const banner = page.getByRole('status').filter({ hasText: 'Je bekijkt De Hooge Waard als' });
  await expect(banner).toBeVisible();
  await page.getByRole('link', { name: 'Lijst', exact: true }).tap();
  const terrain = new TerrainPage(page);
  await expect(terrain.rows.first()).toBeVisible();
  await expect(terrain.row(FULL_GRID)).toHaveCount(0);
  await shoot(page, 'people/telefoon-bekijk-als');
  await page.getByRole('link', { name: 'Kaart', exact: true }).tap();
  await tellsWhyNoPin(page, 'Je bekijkt het terrein als iemand anders.');
  await page.getByRole('link', { name: 'Meer', exact: true }).tap();
  await expect(page.getByRole('heading', { name: 'Dit hoort bij jezelf' })).toBeVisible();

  await banner.getByRole('button', { name: 'Stop' }).tap();
  await expect(banner).toHaveCount(0);
  await page.getByRole('link', { name: 'Lijst', exact: true }).tap();
  await expect(terrain.row(FULL_GRID)).toBeVisible();
  // Nothing of what the other was shown stays on the device.
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
    .not.toContain('terrein.seeing');
});

test('an organisation reads who did what', async ({ visit, shoot }) => {
  const page = await visit({ as: 'aanjager' });
  await page.goto('/meer');
  await page.getByRole('link', { name: /Logboek/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Logboek');
  await expect(page.getByRole('listitem').first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole('listitem').first()).toContainText('las dit logboek');
  await shoot(page, 'people/bureau-logboek');
});
