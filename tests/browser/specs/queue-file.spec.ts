import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { pinRow, uuidv7 } from '../support/outbox';
import { add, database, kept } from '../support/store';

test('what the server refused stays on the phone with its reason, and can be kept as a file', async ({
  visit,
  shoot,
}) => {
  const page = await visit({ device: 'phone', as: 'aanjager' });
  const terrain = await new TerrainPage(page).open();
  const title = 'Tekst die niemand kwijt wil';
  // An edit of a pin that is not there (any more), and one from an app that is newer than this.
  const issueId = `issue:${uuidv7()}`;
  const refused = {
    ...pinRow(terrain.id, title),
    subject: issueId,
    edit: { type: 'edit-issue', input: { issueId, change: { title } } },
    version: 3,
  };
  const newer = { ...pinRow(terrain.id, 'Van morgen'), schema: 99 };
  await add(page, await database(page), 'outbox', [refused, newer]);

  await page.goto('/wachtrij');
  const row = page.getByRole('main').getByRole('listitem');
  await expect(row).toContainText('Dit bestaat niet meer', { timeout: 20_000 });
  await expect(page.getByText('1 wijziging komt uit een nieuwere versie')).toBeVisible();
  await shoot(page, 'wachtrij/geweigerd');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Bewaar als bestand' }).tap(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^terrein-\d{4}-\d\d-\d\d\.json$/);
  const file = JSON.parse(await readFile(await download.path(), 'utf8')) as {
    app: string;
    commands: Record<string, unknown>[];
  };
  expect(file.app).toBe('terrein');
  expect(file.commands).toMatchObject([
    {
      commandId: refused.commandId,
      edit: { type: 'edit-issue', input: { issueId, change: { title } } },
      parked: { code: 'NOT_FOUND' },
    },
    { commandId: newer.commandId, schema: 99, edit: { input: { title: 'Van morgen' } } },
  ]);
  // A copy was kept: the queue is as it was.
  expect(await kept(page, await database(page), 'outbox')).toHaveLength(2);
});
