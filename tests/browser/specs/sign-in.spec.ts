import { expect, PEOPLE, test } from '../fixtures';
import { MorePage } from '../pages/more';
import { SignInPage } from '../pages/sign-in';
import { TerrainPage } from '../pages/terrain';
import { kept } from '../support/store';

test('the link in the mail signs in, and signing out makes a visitor again', async ({
  visit,
  server,
  shoot,
}) => {
  const page = await visit({ device: 'phone' });
  const screen = await new SignInPage(page).open();
  await shoot(page, 'sign-in/telefoon-licht');
  await screen.email.fill('geen adres');
  await screen.send.tap();
  await expect(screen.problem).toHaveText('Dit is geen e-mailadres. Kijk het even na.');

  const seen = await server.mails();
  await screen.ask(PEOPLE.eigenaar);
  await shoot(page, 'sign-in/telefoon-code');
  const { link } = await server.mailAfter(seen, PEOPLE.eigenaar);
  expect(link).toContain(`${server.url}/sign-in/link/`);
  await page.goto(link);
  await shoot(page, 'sign-in/telefoon-link');
  await page.getByRole('button', { name: 'Log in' }).tap();
  await page.waitForURL(/\/terrein\//);
  const more = await new MorePage(page).open();
  await expect(more.account).toContainText(PEOPLE.eigenaar);
  await expect(more.account).toContainText('Eigenaar');
  await shoot(page, 'sign-in/telefoon-meer');

  // Once: the second time the link is spent.
  const other = await visit();
  await other.goto(link);
  await other.getByRole('button', { name: 'Log in' }).click();
  await expect(other.getByRole('link')).toHaveAttribute('href', '/inloggen');

  await more.signOut.tap();
  await page.waitForURL(/\/terrein\//);
  await more.open();
  await expect(more.account).toContainText('Je kijkt mee zonder account.');
  const viewer = await page.evaluate(async () => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    return ((await response.json()) as { data: { viewer: unknown } }).data.viewer;
  });
  expect(viewer).toBeNull();
});

test('the six digits sign in at the desk; wrong ones are told so', async ({ visit, server, shoot }) => {
  const page = await visit();
  const screen = await new SignInPage(page).open();
  await shoot(page, 'sign-in/bureau-licht');
  const seen = await server.mails();
  await screen.ask(PEOPLE.gemeente);
  const { code } = await server.mailAfter(seen, PEOPLE.gemeente);
  await screen.code.fill(code === '000000' ? '000001' : '000000');
  await expect(screen.problem).toContainText('Deze code klopt niet of is verlopen.');
  await shoot(page, 'sign-in/bureau-foute-code');
  await screen.code.fill(code);
  await page.waitForURL(/\/terrein\//);
  await new TerrainPage(page).ready();
  await expect(page.getByRole('banner')).toContainText('Gemeente');
});

test('an address nobody has gets the same answer', async ({ visit, server }) => {
  const page = await visit();
  const screen = await new SignInPage(page).open();
  const seen = await server.mails();
  await screen.ask('niemand@demo.example');
  expect(await server.mails()).toEqual(seen);
});

test('what a person may see is kept for them alone on a device that others use too', async ({
  visit,
  server,
}) => {
  // As after a link from the mail: the session is there, the device knows nobody yet.
  const page = await visit();
  await page.goto(await server.signInLink(PEOPLE.ondernemer));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/terrein\//);
  await new TerrainPage(page).ready();
  await expect(page.getByRole('complementary', { name: 'Meldingen' })).toContainText(
    'Lamp stuk bij achterpoort',
  );
  // The copy for visitors may be empty or hold what anybody sees, never more.
  const left = await kept(page, 'terrein.visitor', 'issue');
  expect(left.filter(({ audience }) => audience !== 'PUBLIC').map(({ title }) => title)).toEqual([]);

  const more = await new MorePage(page).open();
  await more.signOut.click();
  await page.waitForURL(/\/terrein\//);
  const visitor = await new TerrainPage(page).ready();
  const stranger = await new TerrainPage(await visit()).open();
  expect(await visitor.rows.count()).toBe(await stranger.rows.count());
  await expect(visitor.row('Uitbreiden lukt niet: het net is vol')).toHaveCount(0);
});
