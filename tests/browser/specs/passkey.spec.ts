import type { Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';
import { ask } from '../support/graph';
import { withAuthenticator } from '../support/passkey';

interface Challenge<Options> {
  id: string;
  publicKey: Options;
}

/** Adds a passkey as a page does; the answer's status. */
async function add(page: Page, name: string): Promise<number> {
  return page.evaluate(async (name) => {
    const send = async (path: string, body: unknown): Promise<Response> =>
      fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const asked = await send('/passkeys/options', {});
    if (!asked.ok) return asked.status;
    const { id, publicKey } = (await asked.json()) as Challenge<PublicKeyCredentialCreationOptionsJSON>;
    const made = await navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
    });
    const credential = (made as PublicKeyCredential).toJSON() as unknown;
    return (await send('/passkeys', { id, credential, name })).status;
  }, name);
}

/** Signs in with whatever passkey the device has; the answer's status. */
async function signIn(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const send = async (path: string, body: unknown): Promise<Response> =>
      fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const asked = await send('/sign-in/passkey/options', {});
    const { id, publicKey } = (await asked.json()) as Challenge<PublicKeyCredentialRequestOptionsJSON>;
    const shown = await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
    });
    const credential = (shown as PublicKeyCredential).toJSON() as unknown;
    return (await send('/sign-in/passkey', { id, credential })).status;
  });
}

test('a passkey is added, and signs in afterwards without an address', async ({ visit, server }) => {
  const page = await visit();
  const { session: cdp, authenticatorId } = await withAuthenticator(page);
  await page.goto(await server.signInLink(PEOPLE.aanjager));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/terrein\//);
  expect(await add(page, 'Laptop')).toBe(201);
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toHaveLength(1);
  expect(credentials[0]).toMatchObject({
    isResidentCredential: true,
    rpId: 'localhost',
    userName: PEOPLE.aanjager,
  });

  await page.evaluate(async () => fetch('/sign-in/out', { method: 'POST' }).then((answer) => answer.status));
  await page.goto('/');
  expect(await ask(page, '{ viewer { id } }')).toEqual({ viewer: null });
  expect(await signIn(page)).toBe(204);
  const me = await ask<{
    viewer: { email: string; needsStrongSignIn: boolean };
    passkeys: { name: string; lastUsedAt: string | null }[];
    sessions: { method: string; current: boolean }[];
  }>(page, '{ viewer { email needsStrongSignIn } passkeys { name lastUsedAt } sessions { method current } }');
  expect(me.viewer).toEqual({ email: PEOPLE.aanjager, needsStrongSignIn: false });
  expect(me.passkeys.map((passkey) => [passkey.name, typeof passkey.lastUsedAt])).toEqual([
    ['Laptop', 'string'],
  ]);
  expect(me.sessions.find((session) => session.current)?.method).toBe('PASSKEY');
  await page.goto('/');
  await new TerrainPage(page).ready();
  await expect(page.getByRole('banner')).toContainText('Aanjager');

  // A copy of the key, which counts from where it was taken, is found out.
  const [key] = credentials;
  if (!key) throw new Error('no key');
  await cdp.send('WebAuthn.removeCredential', {
    authenticatorId,
    credentialId: key.credentialId,
  });
  await cdp.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: { ...key, signCount: 0 },
  });
  expect(await signIn(page)).toBe(422);
});
