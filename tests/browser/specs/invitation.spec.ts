import type { Page } from '@playwright/test';
import { expect, PEOPLE, test, type Visit } from '../fixtures';
import { MorePage } from '../pages/more';
import { TerrainPage } from '../pages/terrain';
import { invitationLink, invite, join } from '../support/invitation';
import { faultsOf } from '../support/faults';
import { tooWide } from '../support/layout';

async function openPeople(page: Page): Promise<void> {
  await new TerrainPage(page).open();
  await page.goto(`${new URL(page.url()).pathname}/mensen`);
}

const LOOKS: { device: NonNullable<Visit['device']>; colorScheme: 'light' | 'dark' }[] = [
  { device: 'phone', colorScheme: 'light' },
  { device: 'desk', colorScheme: 'dark' },
];
for (const { device, colorScheme } of LOOKS) {
  test(`an invitation says who asks for what, and opening it changes nothing: ${device}`, async ({
    visit,
    server,
    shoot,
  }) => {
    const email = `lees-${device}@demo.example`;
    const manager = await visit({ as: 'aanjager' });
    await openPeople(manager);
    await invite(manager, { email, organisation: 'Polderstaal', role: 'Ondernemer' });
    const link = await invitationLink(server, email);
    const guest = await visit({ device, options: { colorScheme, reducedMotion: 'reduce' } });
    for (let times = 0; times < 2; times += 1) {
      await guest.goto(link);
      await expect(guest.getByRole('heading', { level: 1 })).toHaveText(
        'Je bent uitgenodigd voor De Hooge Waard',
      );
    }
    for (const text of ['Aanjager nodigt je uit', 'Ondernemer', 'Polderstaal', email])
      await expect(guest.getByRole('main')).toContainText(text);
    await shoot(guest, `invitation/${device}`);
    expect(await faultsOf(guest, device)).toEqual([]);
    if (device === 'phone') expect(await tooWide(guest)).toEqual([]);
    await guest.getByRole('button', { name: 'Doe mee' }).click();
    await expect(guest.getByRole('alert')).toContainText('Vul je naam in');
  });
}

test('somebody new joins, cannot join twice, and can leave without a trace', async ({
  visit,
  server,
  shoot,
}) => {
  const manager = await visit({ as: 'aanjager' });
  await openPeople(manager);
  await invite(manager, { email: 'nieuw@demo.example', organisation: 'Polderstaal', role: 'Ondernemer' });
  const link = await invitationLink(server, 'nieuw@demo.example');
  const page = await visit({ device: 'phone' });
  await join(page, link, 'Nieuwe Buur');
  const more = await new MorePage(page).open();
  await expect(more.account).toContainText('nieuw@demo.example');
  await expect(more.account).toContainText('Ondernemer, Polderstaal');
  const other = await visit();
  await other.goto(link);
  await expect(other.getByRole('heading', { level: 2 })).toHaveText('Deze uitnodiging werkt niet meer');

  await page.goto('/account');
  await page.getByRole('button', { name: 'Wis mijn account' }).tap();
  const dialog = page.getByRole('dialog');
  const sure = dialog.getByRole('button', { name: 'Wis alles van mij' });
  await expect(sure).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel(/Typ je mailadres/).fill('nieuw@demo.example');
  await shoot(page, 'invitation/telefoon-wissen');
  await sure.tap();
  await page.waitForURL(/\/terrein\//);
  await more.open();
  await expect(more.account).toContainText('Je kijkt mee zonder account.');
  expect(
    await page.evaluate(async () =>
      (await indexedDB.databases()).filter(({ name }) => /person/.test(name ?? '')),
    ),
  ).toEqual([]);
  await manager.reload();
  await expect(manager.getByText('Nieuwe Buur')).toHaveCount(0);
});

test('somebody with an account gets the role with it', async ({ visit, server }) => {
  const manager = await visit({ as: 'aanjager' });
  await openPeople(manager);
  // Nobody else's in these tests: who takes a role goes on under a new secret.
  await invite(manager, { email: PEOPLE.kadebeton, organisation: 'Polderstaal', role: 'Ondernemer' });
  const link = await invitationLink(server, PEOPLE.kadebeton);
  const page = await visit({ as: 'kadebeton' });
  await page.goto(link);
  await expect(page.getByRole('main')).toContainText('Je account krijgt deze rol erbij.');
  await page.getByRole('button', { name: 'Doe mee' }).click();
  await page.waitForURL(/\/terrein\//);
  const more = await new MorePage(page).open();
  await expect(more.account).toContainText('Ondernemer, Polderstaal');
});
