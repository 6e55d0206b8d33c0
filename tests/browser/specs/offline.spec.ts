import { expect, test } from '../fixtures';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { titlesInGraph } from '../support/graph';

test('without a network the app opens, the list is there, and a pin waits until it can go by itself', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({
    device: 'phone',
    as: 'aanjager',
    options: { geolocation: AT_THE_DIKE },
  });
  const terrain = await new TerrainPage(page).open();
  const whole = await terrain.pinCount();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // The page that brought the worker is under its care from the next start on.
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
  });
  const terrainId = terrain.id;

  await page.context().setOffline(true);
  await page.reload();
  await terrain.ready();
  await expect(page.getByText('Geen bereik. Je kunt gewoon doorwerken')).toBeVisible();
  expect(await terrain.pinCount()).toBe(whole);
  await terrain.openList();
  await expect(terrain.rows).toHaveCount(whole);
  await shoot(page, 'offline/1-lijst');
  await terrain.openMap();

  const title = `Losse tegel ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  await terrain.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await shoot(page, 'offline/2-wat');
  await flow.save.tap();
  await expect(page.getByText('Pin staat op dit toestel')).toBeVisible();
  await expect(page.getByText('Geen bereik. 1 pin wacht op bereik')).toBeVisible();
  await expect(terrain.pin(title)).toHaveAccessibleName(/wacht op bereik/);
  await shoot(page, 'offline/3-wacht');

  await page.getByText('Geen bereik. 1 pin wacht op bereik').tap();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Wacht op bereik');
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText(new RegExp(title));
  await shoot(page, 'offline/4-wachtrij');
  // It is still there after a restart.
  await page.reload();
  await expect(page.getByRole('main').getByRole('listitem')).toHaveText(new RegExp(title));

  await page.context().setOffline(false);
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByText('Alles bewaard').first()).toBeVisible();
  const titles = await titlesInGraph(page, terrainId);
  expect(titles.filter((other) => other === title)).toHaveLength(1);
  await shoot(page, 'offline/5-verstuurd');
});

test('what waits on a device is sent by the person who made it and nobody else', async ({
  visit,
  signedIn,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: { geolocation: AT_THE_DIKE } });
  const terrain = await new TerrainPage(page).open();
  const terrainId = terrain.id;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.context().setOffline(true);
  const title = `Gat in de berm ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  await terrain.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.save.tap();
  await expect(page.getByText('Geen bereik. 1 pin wacht op bereik')).toBeVisible();

  // Somebody else signs in on this device.
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().addCookies((await signedIn('ondernemer')).cookies);
  await page.context().setOffline(false);
  await page.goto('/meer');
  await expect(page.getByRole('region', { name: 'Account' })).toContainText('ondernemer@demo.example');
  // Whatever the app sends at its start has been answered.
  await page.waitForLoadState('networkidle');
  await page.goto(`/terrein/${terrainId.split(':')[1] ?? ''}`);
  await new TerrainPage(page).ready();
  await expect(page.getByText('wacht op bereik')).toHaveCount(0);
  expect(await titlesInGraph(page, terrainId)).not.toContain(title);

  // It went nowhere, and is not lost: it goes when its maker is back.
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().addCookies((await signedIn('aanjager')).cookies);
  await page.goto('/');
  await page.waitForURL(/\/terrein\//);
  await expect.poll(() => titlesInGraph(page, terrainId), { timeout: 20_000 }).toContain(title);
});
