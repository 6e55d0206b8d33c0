import { expect, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { Server } from '../support/server';

const MISSING = 'Dit bestaat niet of is niet met jou gedeeld.';

test('what does not exist and what is not shared look the same', async ({ visit, shoot }) => {
  // The neighbour's own terrain is not public.
  const neighbour = await visit({ as: 'buur' });
  await neighbour.goto('/terreinen');
  // By its name: until the app knows who is signed in, the list holds what is public.
  const own = neighbour.getByRole('main').getByRole('link').filter({ hasText: 'Klein Eiland' });
  await expect(own).toBeVisible();
  const hidden = await own.getAttribute('href');
  expect(hidden).toMatch(/^\/terrein\//);

  const stranger = await visit({ device: 'phone' });
  await new TerrainPage(stranger).open();
  for (const path of [hidden ?? '', '/terrein/00000000-0000-7000-8000-000000000000']) {
    await stranger.goto(path);
    await expect(stranger.getByText(MISSING, { exact: true })).toBeVisible();
    await expect(stranger.getByRole('link', { name: 'Kies een ander terrein' })).toBeVisible();
  }
  await shoot(stranger, 'states/telefoon-niet-gedeeld');
  // The people of an organisation that is none of theirs.
  await neighbour.goto('/organisatie/00000000-0000-7000-8000-000000000000/mensen');
  await expect(neighbour.getByText(MISSING, { exact: true })).toBeVisible();
  await expect(neighbour.getByRole('button', { name: 'Nodig iemand uit' })).toHaveCount(0);
  await stranger.goto('/nergens');
  await expect(stranger.getByText(MISSING, { exact: true })).toBeVisible();
});

test('a terrain list is searched, and says so when nothing fits', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone' });
  await page.goto('/terreinen');
  const found = page.getByRole('main').getByRole('link');
  await expect(found.filter({ hasText: 'De Hooge Waard' })).toBeVisible();
  await shoot(page, 'states/telefoon-terreinen');
  await page.getByRole('searchbox').fill('zeppelin');
  await expect(page.getByText('Niets gevonden voor "zeppelin"')).toBeVisible();
  await expect(found).toHaveCount(0);
});

test('on a server without terrains a stranger is told so', async ({ visit, shoot }) => {
  const empty = await Server.start({ demo: false });
  try {
    const page = await visit({ device: 'phone', options: { baseURL: empty.url } });
    await page.goto('/terreinen');
    await expect(page.getByText('Er zijn nog geen terreinen die jij mag zien')).toBeVisible();
    await shoot(page, 'states/telefoon-geen-terreinen');
    // The front door must not leave them with an empty page either.
    await page.goto('/');
    await expect(page.getByRole('main')).toContainText(/terreinen/);
    await shoot(page, 'states/telefoon-geen-terreinen-voordeur');
  } finally {
    await empty.stop();
  }
});
