import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { TerrainPage } from '../pages/terrain';

test('an entrepreneur says that it plays there too, takes it back, and comments', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'ondernemer' });
  const terrain = await new TerrainPage(page).open();
  await terrain.openList();
  await terrain.row('Hek langs de kade is kapot').getByRole('button').tap();
  const issue = new IssuePage(page);
  await issue.shows('Hek langs de kade is kapot');

  const before = await issue.supportCount();
  const already = (await issue.support.getAttribute('aria-pressed')) === 'true';
  // At once: the device does not wait for the server, which here says nothing until the count has changed.
  let answer: () => void = () => undefined;
  const silence = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/graphql', async (route) => {
    await silence;
    await route.continue();
  });
  await issue.support.tap();
  await expect.poll(() => issue.supportCount()).toBe(already ? before - 1 : before + 1);
  await expect(issue.support).toHaveAttribute('aria-pressed', String(!already));
  answer();
  await shoot(page, 'issue/telefoon-gesteund');
  await issue.support.tap();
  await expect.poll(() => issue.supportCount()).toBe(before);
  await expect(issue.support).toHaveAttribute('aria-pressed', String(already));

  const text = `Gisteren nog eens gemeten ${info.workerIndex}`;
  await issue.comment(text);
  const written = issue.comments.getByRole('listitem').filter({ hasText: text });
  await expect(written).toContainText('Jij');
  await expect(written).not.toContainText('wacht op bereik');
  await shoot(page, 'issue/telefoon-reactie');
  await page.reload();
  await expect(written).toBeVisible();
});

test('an aanjager takes an issue up with a reason, and the history speaks of roles only', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ as: 'aanjager' });
  const terrain = await new TerrainPage(page).open();
  await terrain.row("Poort blijft 's nachts open").getByRole('button').click();
  const issue = new IssuePage(page);
  await issue.shows("Poort blijft 's nachts open");
  await issue.changeState('Opgepakt', 'De parkmanager belt de monteur.');
  await expect(issue.root.locator('.chips')).toContainText('Opgepakt');
  const events = issue.history.getByRole('listitem');
  await expect(events.filter({ hasText: 'Op opgepakt gezet door aanjager' })).toContainText(
    'De parkmanager belt de monteur.',
  );
  await expect(events.filter({ hasText: /Pin gezet door/ })).toHaveCount(1);
  await shoot(page, 'issue/bureau-geschiedenis');

  // Dropping asks for a reason.
  await issue.openAct('Verander de toestand');
  await issue.dialog.getByRole('radio', { name: 'Vervallen' }).check();
  await expect(issue.dialog.getByText('Waarom? Schrijf één zin.')).toBeVisible();
  await expect(issue.dialog.getByRole('button', { name: 'Bewaar' })).toHaveAttribute('aria-disabled', 'true');
  await shoot(page, 'issue/bureau-vervallen');
  await issue.dialog.getByRole('button', { name: 'Sluit' }).click();
  await expect(issue.dialog).toBeHidden();
});

test('a visitor reads an issue, and pressing support leads to sign-in and back', async ({ visit }) => {
  const page = await visit({ device: 'phone' });
  const terrain = await new TerrainPage(page).open();
  await terrain.openList();
  await terrain.rows.first().getByRole('button').tap();
  const issue = new IssuePage(page);
  await expect(issue.heading).toBeVisible();
  await expect(issue.acts).toHaveCount(0);
  await issue.support.tap();
  await expect(page).toHaveURL(/\/inloggen$/);
});
