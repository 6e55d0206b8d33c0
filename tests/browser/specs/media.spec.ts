import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { IssuePage } from '../pages/issue';
import { Media } from '../pages/media';
import { PinFlow } from '../pages/pin-flow';
import { TerrainPage } from '../pages/terrain';
import { AT_THE_DIKE } from '../support/devices';
import { faultsOf } from '../support/faults';
import { ask } from '../support/graph';
import { keptForOffline } from '../support/offline';
import { contrast, photo, WRITTEN } from '../support/photo';
import { Server } from '../support/server';
import { database, kept } from '../support/store';
import { countTouches } from '../support/touches';

/** Black and white stripes differ by so much, and what was made of them by no more than this. */
const PLAIN = 70;
const COVERED = 40;
const HERE = { geolocation: AT_THE_DIKE, permissions: ['geolocation', 'microphone'] };

async function signedIn(page: Page, server: Server, email: string): Promise<TerrainPage> {
  await page.goto(await server.signInLink(email));
  await page.getByRole('button').click();
  await page.waitForURL(/\/terrein\//);
  return new TerrainPage(page).ready();
}

interface Media1 {
  id: string;
  state: string;
  address: string | null;
  checked?: boolean;
  alt?: string | null;
}
async function filesOf(page: Page, issue: string): Promise<{ photos: Media1[]; voiceNotes: Media1[] }> {
  const { node } = await ask<{ node: { photos: Media1[]; voiceNotes: Media1[] } | null }>(
    page,
    'query ($id: ID!) { node(id: $id) { ... on Issue { photos { id state address checked alt } voiceNotes { id state address } } } }',
    { id: issue },
  );
  return node ?? { photos: [], voiceNotes: [] };
}
const issueOf = async (page: Page, title: string): Promise<string> => {
  const rows = await kept(page, await database(page), 'outbox');
  const row = rows.find(({ edit }) => (edit as { input: { title?: string } }).input.title === title);
  return row?.['subject'] as string;
};
const mediaRows = async (
  page: Page,
): Promise<{ sent: number; bytes: number; attempts: number; arrivedAt: number | null }[]> =>
  (await kept(page, await database(page), 'media')) as never;

/** Whether any file below a folder holds these bytes. */
async function somewhere(folder: string, bytes: Buffer): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    if ((await readFile(path)).includes(bytes)) found.push(path);
  }
  return found;
}

test('a photo taken without a network arrives although the server dies in the middle, and others see what was looked over', async ({
  visit,
  shoot,
}) => {
  test.setTimeout(240_000);
  const server = await Server.start();
  try {
    const page = await visit({ device: 'phone', options: { baseURL: server.url, ...HERE } });
    const terrain = await signedIn(page, server, PEOPLE.aanjager);
    await keptForOffline(page);
    const bytes = await photo(page);
    expect(bytes.length).toBeGreaterThan(1_500_000);
    expect(bytes.includes(Buffer.from(WRITTEN))).toBe(true);
    await page.context().setOffline(true);

    const title = 'Kenteken in beeld';
    const flow = new PinFlow(page);
    const media = new Media(page, flow.root);
    await terrain.newPin.tap();
    await flow.kind('Probleem').tap();
    await media.take(bytes);
    await expect(media.thumbs).toHaveCount(1);
    await flow.note.fill(title);
    await shoot(page, 'media/1-wat-met-foto');
    await media.thumbs.first().tap();
    await expect(media.dialog.locator('img')).toBeVisible();
    await media.dialog.getByLabel('Wat staat erop?').fill('Een auto voor de poort');
    await shoot(page, 'media/2-foto');
    await media.dialog.getByRole('button', { name: 'Maak onherkenbaar' }).tap();
    await media.coverUpperLeft();
    await shoot(page, 'media/3-onherkenbaar');
    await media.dialog.getByRole('button', { name: 'Maak onherkenbaar' }).last().tap();
    await expect(page.getByText('1 vak onherkenbaar gemaakt')).toBeVisible();
    await media.dialog.getByRole('button', { name: 'Klaar' }).tap();
    await flow.toWho();
    await flow.visibleTo('Het hele terrein');
    await flow.root.getByRole('button', { name: 'Kijk 1 foto na voor anderen' }).tap();
    await shoot(page, 'media/4-kijk-na');
    expect(await faultsOf(page, 'phone')).toEqual([]);
    await media.dialog.getByRole('button', { name: 'Zo mogen anderen hem zien' }).tap();
    await expect(media.dialog).toBeHidden();
    await flow.save.tap();
    await expect(flow.root).toBeHidden();
    const issueId = await issueOf(page, title);
    await page.getByText(/^Geen bereik\. 1 pin wacht op bereik/).tap();
    await expect(page.getByRole('banner').getByText('1 foto')).toBeVisible();
    await shoot(page, 'media/5-wachtrij');
    expect(await faultsOf(page, 'phone')).toEqual([]);

    // The network goes after the first part, and the server dies when a few are in.
    const parts: { offset: number; length: number }[] = [];
    let cut = false;
    let died: Promise<void> | null = null;
    await page.context().route('**/uploads/*', async (route) => {
      const request = route.request();
      if (request.method() !== 'PATCH') return route.fallback();
      const body = request.postDataBuffer() ?? Buffer.alloc(0);
      expect(body.includes(Buffer.from(WRITTEN)), 'what the camera wrote stays on the phone').toBe(false);
      expect(body.includes(Buffer.from('Exif'))).toBe(false);
      if (parts.length === 1 && !cut) {
        cut = true;
        await page.context().setOffline(true);
        return route.abort('internetdisconnected');
      }
      if (parts.length === 3 && !died) {
        died = server.kill();
        await died;
        return route.abort('connectionreset');
      }
      parts.push({ offset: Number(request.headers()['upload-offset']), length: body.length });
      return route.fallback();
    });
    await page.context().setOffline(false);
    await expect.poll(() => cut, { timeout: 60_000 }).toBe(true);
    await expect.poll(async () => (await mediaRows(page))[0]?.attempts).toBeGreaterThan(0);
    expect((await mediaRows(page))[0]?.sent).toBe(parts[0]?.length);
    await page.context().setOffline(false);
    await expect.poll(() => died !== null, { timeout: 60_000 }).toBe(true);
    expect(parts[1]?.offset, 'after the network was cut').toBe(parts[0]?.length);
    const [row] = await mediaRows(page);
    expect(row?.sent).toBeGreaterThan(0);
    expect(row?.sent).toBeLessThan(row?.bytes ?? 0);
    await page.reload();
    await expect(page.getByText(/% verstuurd/)).toBeVisible();
    await shoot(page, 'media/6-onderweg');
    const before = parts.length;
    await server.goOn();
    await page.getByRole('button', { name: 'Probeer nu' }).tap();
    await expect
      .poll(async () => (await filesOf(page, issueId)).photos.map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['READY']);
    expect(parts[before]?.offset, 'it goes on where it stopped').toBe(row?.sent);
    const whole = row?.bytes ?? 0;
    expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(whole);
    await expect.poll(async () => (await mediaRows(page))[0]?.arrivedAt ?? null).not.toBeNull();
    await expect(page.getByText('Alles bewaard')).toBeVisible();
    await expect.poll(async () => (await filesOf(page, issueId)).photos[0]?.checked).toBe(true);

    await page.getByRole('link', { name: 'Dagverslag' }).tap();
    const photos = page.getByRole('main').getByRole('listitem').filter({ hasText: 'foto' });
    await expect(photos).toHaveText('1 foto');
    await expect(page.getByText(/Nagekeken met de server om/)).toBeVisible({ timeout: 20_000 });
    await expect(photos, 'the server has it by its own word').toHaveText('1 foto');
    await shoot(page, 'media/9-dagverslag');

    // Nothing that the camera wrote is anywhere at the server, and nobody can make out what was covered.
    expect(await somewhere(join(server.folder, 'data', 'files'), Buffer.from(WRITTEN))).toEqual([]);
    const [mine] = (await filesOf(page, issueId)).photos;
    expect(mine?.alt).toBe('Een auto voor de poort');
    const own = await contrast(page, `${mine?.address}?w=960`);
    expect(own.above, 'covered on the phone').toBeLessThan(COVERED);

    // On somebody else's screen.
    const other = await visit({ device: 'phone', options: { baseURL: server.url, ...HERE } });
    await signedIn(other, server, PEOPLE.ondernemer);
    await expect.poll(async () => (await filesOf(other, issueId)).photos.length, { timeout: 30_000 }).toBe(1);
    await other.goto(`${new URL(other.url()).pathname.replace(/\/+$/, '')}/melding/${issueId.split(':')[1]}`);
    const there = new Media(other, new IssuePage(other).root);
    await expect(there.photos.getByRole('img', { name: 'Een auto voor de poort' })).toBeVisible({
      timeout: 30_000,
    });
    await shoot(other, 'media/7-bij-een-ander');
    const seen = await contrast(other, `${mine?.address}?w=960`);
    expect(seen.status).toBe(200);
    expect(seen.above).toBeLessThan(COVERED);

    // Taken away by its maker: nobody gets it any more.
    await page.goto(new URL(other.url()).pathname);
    const issue = new Media(page, new IssuePage(page).root);
    await issue.thumbs.first().tap();
    await expect(issue.dialog.locator('img')).toBeVisible();
    await shoot(page, 'media/8-nagekeken');
    await issue.dialog.getByRole('button', { name: 'Haal weg' }).tap();
    await issue.dialog.getByRole('button', { name: 'Haal weg' }).tap();
    await expect(there.photos).toBeHidden({ timeout: 30_000 });
    expect((await contrast(other, `${mine?.address}?w=960`)).status).toBe(404);
  } finally {
    await server.stop();
  }
});

test('a photo costs one tap more than a bare pin, a dictated note two; what is no photo is refused in words', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: HERE });
  const terrain = await new TerrainPage(page).open();
  const bytes = await photo(page, { width: 800, height: 600 });
  const touches = await countTouches(page);
  const flow = new PinFlow(page);
  const media = new Media(page, flow.root);
  await terrain.newPin.tap();
  await flow.kind('Kans').tap();
  await media.take(bytes);
  await expect(media.thumbs).toHaveCount(1);
  await flow.save.tap();
  await expect(flow.root).toBeHidden();
  expect(await touches(), 'with a photo').toBeLessThanOrEqual(5);

  const withPhoto = await touches();
  await terrain.newPin.tap();
  await flow.kind('Kans').tap();
  await media.speak.tap();
  await expect(media.dialog.getByText('neem geen gesprek met anderen op')).toBeVisible();
  await expect(media.dialog.getByRole('timer')).toHaveText('0:02');
  await shoot(page, `media/inspreken`);
  await media.dialog.getByRole('button', { name: 'Klaar' }).tap();
  await expect(flow.root.getByRole('button', { name: 'Luister' })).toBeVisible();
  await shoot(page, 'media/ingesproken');
  await flow.save.tap();
  await expect(flow.root).toBeHidden();
  expect((await touches()) - withPhoto, 'with a dictated note').toBeLessThanOrEqual(5);

  await terrain.newPin.tap();
  await flow.kind('Kans').tap();
  await flow.note.fill(`Geen foto ${info.workerIndex}${Date.now()}`);
  await media.take(Buffer.from('this is no photo'), 'foto.heic', 'image/heic');
  await expect(flow.root.getByRole('alert')).toHaveText('Deze foto kan je toestel niet lezen.');
  await expect(media.thumbs).toHaveCount(0);
  await flow.save.tap();
  await expect(flow.root, 'the pin is kept without it').toBeHidden();
});

test('a pin carries six photos at most, and one that is taken away makes room', async ({ visit, shoot }) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: HERE });
  const terrain = await new TerrainPage(page).open();
  const bytes = await photo(page, { width: 400, height: 300 });
  const flow = new PinFlow(page);
  const media = new Media(page, flow.root);
  await terrain.newPin.tap();
  await flow.kind('Kans').tap();
  for (let count = 1; count <= 6; count += 1) {
    await media.take(bytes);
    await expect(media.thumbs).toHaveCount(count);
  }
  await expect(media.camera).toHaveCount(0);
  await shoot(page, 'media/zes');
  await flow.root.getByRole('button', { name: 'Haal foto 6 weg' }).tap();
  await expect(media.thumbs).toHaveCount(5);
  await expect(media.camera).toBeVisible();
});

test('a note dictated without a network plays there at once, arrives, and can be written out by the team alone', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: HERE });
  const terrain = await new TerrainPage(page).open();
  await keptForOffline(page);
  await page.context().setOffline(true);
  const title = `Ingesproken ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  const media = new Media(page, flow.root);
  await terrain.newPin.tap();
  await flow.kind('Uitdaging').tap();
  await flow.note.fill(title);
  await media.speak.tap();
  await expect(media.dialog.getByRole('timer')).toHaveText('0:02');
  await media.dialog.getByRole('button', { name: 'Klaar' }).tap();
  await media.plays(flow.root);
  await flow.toWho();
  await flow.visibleTo('Het hele terrein');
  await flow.save.tap();
  await expect(flow.root).toBeHidden();
  const issueId = await issueOf(page, title);
  await page.goto(`${new URL(page.url()).pathname}/melding/${issueId.split(':')[1]}`);
  const issue = new Media(page, new IssuePage(page).root);
  await issue.plays(issue.notes);
  await shoot(page, 'media/opname-wacht');
  expect(await faultsOf(page, 'phone')).toEqual([]);

  await page.context().setOffline(false);
  await expect
    .poll(async () => (await filesOf(page, issueId)).voiceNotes.map(({ state }) => state), {
      timeout: 60_000,
    })
    .toEqual(['READY']);
  await issue.notes.getByRole('button', { name: 'Schrijf uit' }).tap();
  await issue.notes.getByRole('textbox').fill('De slagboom sluit te vroeg');
  await issue.notes.getByRole('button', { name: 'Bewaar' }).tap();
  await expect(issue.notes.getByText('De slagboom sluit te vroeg')).toBeVisible();
  // It moves in its list when it becomes the server's.
  await expect(() => issue.plays(issue.notes)).toPass({ timeout: 30_000 });
  await shoot(page, 'media/opname-uitgeschreven');
  expect(await faultsOf(page, 'phone')).toEqual([]);

  const other = await visit({ device: 'phone', as: 'ondernemer', options: HERE });
  await new TerrainPage(other).open();
  await other.goto(new URL(page.url()).pathname);
  await new IssuePage(other).shows(title);
  expect(await filesOf(other, issueId)).toEqual({ photos: [], voiceNotes: [] });
  await expect(new Media(other, new IssuePage(other).root).notes).toBeHidden();
  await issue.notes.getByRole('button', { name: 'Haal de opname weg' }).tap();
  await expect.poll(async () => (await filesOf(page, issueId)).voiceNotes.length).toBe(0);
});

test('a photo added to an issue waits for who looks it over, and others never get what was covered then', async ({
  visit,
  shoot,
}, info) => {
  const page = await visit({ device: 'phone', as: 'aanjager', options: HERE });
  const terrain = await new TerrainPage(page).open();
  const bytes = await photo(page, { width: 1200, height: 900 });
  const title = `Foto erbij ${info.workerIndex}${Date.now()}`;
  const flow = new PinFlow(page);
  await terrain.newPin.tap();
  await flow.kind('Probleem').tap();
  await flow.note.fill(title);
  await flow.toWho();
  await flow.visibleTo('Het hele terrein');
  const made = page.waitForRequest((request) => request.postData()?.includes(title) ?? false);
  await flow.save.tap();
  const body = (await made).postDataJSON() as { variables: { input: { issueId: string } } };
  const { issueId } = body.variables.input;
  await page.goto(`${new URL(page.url()).pathname}/melding/${issueId.split(':')[1]}`);
  const issue = new Media(page, new IssuePage(page).root);
  await issue.take(bytes);
  await expect(issue.dialog.getByRole('button', { name: 'Voeg toe' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(issue.dialog).toHaveCount(0);
  const unsaid = issue.photos.getByRole('paragraph').filter({ hasText: 'Nog niet toegevoegd' });
  await shoot(page, 'media/nog-niet-toegevoegd');
  expect(await faultsOf(page, 'phone')).toEqual([]);
  await unsaid.getByRole('button', { name: 'Voeg toe' }).tap();
  await expect(unsaid).toBeHidden();
  await expect
    .poll(async () => (await filesOf(page, issueId)).photos.map(({ state }) => state), { timeout: 60_000 })
    .toEqual(['READY']);
  const other = await visit({ device: 'phone', as: 'ondernemer', options: HERE });
  await new TerrainPage(other).open();
  expect((await filesOf(other, issueId)).photos, 'not before somebody looked').toEqual([]);
  await expect(issue.root.getByText('1 foto ziet alleen je team')).toBeVisible();
  await shoot(page, 'media/nog-na-te-kijken');
  expect(await faultsOf(page, 'phone')).toEqual([]);

  await issue.thumbs.first().tap();
  await issue.dialog.getByRole('button', { name: 'Kijk na voor anderen' }).tap();
  await issue.coverUpperLeft();
  await issue.dialog.getByRole('button', { name: 'Zo mogen anderen hem zien' }).tap();
  await expect.poll(async () => (await filesOf(other, issueId)).photos.length, { timeout: 30_000 }).toBe(1);
  const [shown] = (await filesOf(other, issueId)).photos;
  const [own, others] = await Promise.all(
    [page, other].map((who) => contrast(who, `${shown?.address}?w=960`)),
  );
  expect(own?.above, 'the team has its own').toBeGreaterThan(PLAIN);
  expect(others?.status).toBe(200);
  expect(others?.above, 'others get the covered one').toBeLessThan(COVERED);
});

test('what a speech program made of a dictated note is a draft, until somebody says that it is right', async ({
  visit,
  shoot,
}) => {
  test.setTimeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), 'terrein-speech-'));
  const speech = join(folder, 'speech');
  await writeFile(speech, '#!/bin/sh\necho "De slagboom sluit te vroeg"\n', { mode: 0o755 });
  const server = await Server.start({ settings: ['--speech-command', speech] });
  try {
    const page = await visit({ device: 'phone', options: { baseURL: server.url, ...HERE } });
    const terrain = await signedIn(page, server, PEOPLE.aanjager);
    await terrain.openList();
    await page.locator('main li button').first().tap();
    const issue = new Media(page, new IssuePage(page).root);
    await issue.speak.tap();
    await expect(issue.dialog.getByRole('timer')).toHaveText('0:01');
    await issue.dialog.getByRole('button', { name: 'Klaar' }).tap();
    await expect(issue.notes.getByText('De slagboom sluit te vroeg')).toBeVisible({ timeout: 30_000 });
    await expect(issue.notes.getByText('Uitgeschreven door een programma')).toBeVisible();
    await shoot(page, 'media/opname-concept');
    expect(await faultsOf(page, 'phone')).toEqual([]);
    await issue.notes.getByRole('button', { name: 'Het klopt' }).tap();
    await expect(issue.notes.getByText('Uitgeschreven door een programma')).toBeHidden();
    const issueId = `issue:${new URL(page.url()).pathname.split('/').pop() ?? ''}`;
    const asked =
      'query ($id: ID!) { node(id: $id) { ... on Issue { voiceNotes { transcript transcriptState } } } }';
    await expect
      .poll(
        async () =>
          (await ask<{ node: { voiceNotes: unknown[] } }>(page, asked, { id: issueId })).node.voiceNotes,
      )
      .toEqual([{ transcript: 'De slagboom sluit te vroeg', transcriptState: 'CONFIRMED' }]);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
