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
  await page.getByRole('button', { name: 'Zet een pin' }).tap();
  await expect(page.getByText('Je bekijkt het terrein als iemand anders.')).toBeVisible();
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
