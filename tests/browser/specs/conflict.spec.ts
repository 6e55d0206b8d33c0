import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { AT_THE_DIKE, SMALLEST_PHONE } from '../support/devices';
import { ask } from '../support/graph';
import { tooSmall, tooWide } from '../support/layout';
import { uuidv7 } from '../support/outbox';
import { database, kept } from '../support/store';

interface Words {
  title: string;
  description: string | null;
  theme: string;
}
const REPORT = 'mutation ($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }';
const READ = 'query ($id: ID!) { node(id: $id) { ... on Issue { title description theme } } }';

const read = async (page: Page, id: string): Promise<Words> =>
  (await ask<{ node: Words }>(page, READ, { id })).node;

/** Changes words of the open issue as somebody does it, by the names of the fields. */
async function edit(page: Page, change: Record<string, string>): Promise<void> {
  const issue = new IssuePage(page);
  await issue.openAct('Pas aan');
  for (const [field, text] of Object.entries(change)) {
    // A name of a choice holds its words too.
    if (field === 'Thema') await issue.dialog.getByRole('combobox', { name: field }).selectOption(text);
    else await issue.dialog.getByLabel(field, { exact: true }).fill(text);
  }
  await issue.dialog.getByRole('button', { name: 'Bewaar' }).click();
  await expect(issue.dialog).toBeHidden();
}
const waiting = async (page: Page): Promise<number> =>
  (await kept(page, await database(page), 'outbox')).length;

test('what only one of two changed is merged; what both changed is put side by side, on the phone and at the desk', async ({
  visit,
  shoot,
}, info) => {
  test.slow();
  const phone = await visit({ device: 'phone', as: 'ondernemer', options: SMALLEST_PHONE });
  await phone.goto('/');
  await phone.waitForURL(/\/terrein\//);
  const terrain = /[0-9a-f-]{36}/.exec(phone.url())?.[0] ?? '';
  const uuid = uuidv7();
  const id = `issue:${uuid}`;
  const title = `Scheef bord ${info.workerIndex}${Date.now()}`;
  const coordinates = [AT_THE_DIKE.longitude + 0.002, AT_THE_DIKE.latitude];
  await ask(phone, REPORT, {
    input: {
      commandId: uuidv7(),
      issueId: id,
      terrainId: `terrain:${terrain}`,
      kind: 'PROBLEM',
      theme: 'OTHER',
      title,
      audience: 'TERRAIN',
      geometry: { type: 'Point', coordinates },
    },
  });
  const desk = await visit({ as: 'aanjager' });
  for (const page of [phone, desk]) {
    await page.goto(`/terrein/${terrain}/melding/${uuid}`);
    // The map with it is drawn in software.
    await expect(new IssuePage(page).heading).toHaveText(title, { timeout: 40_000 });
  }

  await phone.context().setOffline(true);
  await edit(phone, { Titel: 'Bord staat scheef', Uitleg: 'Al een week' });
  await edit(desk, { Titel: 'Bord omgewaaid', Thema: 'Veiligheid' });
  await expect.poll(() => read(desk, id)).toMatchObject({ title: 'Bord omgewaaid', theme: 'SAFETY' });
  await phone.context().setOffline(false);

  const conflict = (page: Page) =>
    new IssuePage(page).root.getByRole('region', { name: 'Deze pin is op twee plekken aangepast' });
  const both = conflict(phone).getByRole('group', { name: 'Titel' });
  await expect(both).toContainText('Bord staat scheef', { timeout: 30_000 });
  await expect(both).toContainText('Zo staat het nu' + 'Bord omgewaaid');
  // Nobody else touched the explanation: there is nothing to choose.
  await expect(conflict(phone).getByRole('group')).toHaveCount(1);
  // Until somebody chose, the server has what was there first, and the phone keeps the rest.
  expect(await read(desk, id)).toEqual({ title: 'Bord omgewaaid', description: null, theme: 'SAFETY' });
  // What was said when it was saved no longer holds, and would lie on top of the choices.
  await expect(phone.getByText('Melding aangepast')).toBeHidden({ timeout: 1000 });
  await conflict(phone).scrollIntoViewIfNeeded();
  const faults = async () =>
    (await new AxeBuilder({ page: phone }).include('.conflict').analyze()).violations;
  expect(await faults()).toEqual([]);
  expect((await tooSmall(phone, 48)).filter((fault) => fault.includes('Zo bewaren'))).toEqual([]);
  expect(await tooWide(phone)).toEqual([]);
  await shoot(phone, 'conflict/telefoon');
  await phone.emulateMedia({ colorScheme: 'dark' });
  expect(await faults()).toEqual([]);
  await shoot(phone, 'conflict/telefoon-donker');
  await phone.emulateMedia({ colorScheme: 'light' });

  await both.getByRole('radio', { name: /^Allebei/ }).check();
  await conflict(phone).getByRole('button', { name: 'Zo bewaren' }).tap();
  await expect(conflict(phone)).toBeHidden();
  const title2 = 'Bord omgewaaid / Bord staat scheef';
  await expect
    .poll(() => read(desk, id))
    .toEqual({ title: title2, description: 'Al een week', theme: 'SAFETY' });
  expect(await waiting(phone)).toBe(0);

  // The other way round: the desk comes late, and leaves what the phone wrote.
  await new IssuePage(desk).shows(title2);
  await desk.context().setOffline(true);
  await edit(desk, { Uitleg: 'Gemeente gebeld' });
  await edit(phone, { Uitleg: 'Al twee weken' });
  await expect.poll(() => read(phone, id)).toMatchObject({ description: 'Al twee weken' });
  await desk.context().setOffline(false);
  const explanation = conflict(desk).getByRole('group', { name: 'Uitleg' });
  await expect(explanation).toContainText('Gemeente gebeld', { timeout: 30_000 });
  await shoot(desk, 'conflict/bureau');
  await desk.evaluate(() => localStorage.setItem('PARAGLIDE_LOCALE', 'en'));
  await desk.reload();
  const english = desk.getByRole('region', { name: 'This pin was changed in two places' });
  await expect(english.getByRole('group', { name: 'Explanation' })).toContainText('Gemeente gebeld');
  await shoot(desk, 'conflict/bureau-en');
  await english.getByRole('radio', { name: /^As it is now/ }).check();
  await english.getByRole('button', { name: 'Save it like this' }).click();
  await expect(english).toBeHidden();
  expect(await waiting(desk)).toBe(0);
  expect(await read(phone, id)).toMatchObject({ description: 'Al twee weken' });
});
