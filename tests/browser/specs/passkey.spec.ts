import type { CDPSession, Page } from '@playwright/test';
import { expect, PEOPLE, test } from '../fixtures';
import { TerrainPage } from '../pages/terrain';

interface Challenge<Options> {
  id: string;
  publicKey: Options;
}

/** A device of Chromium's own, with a finger that is always on it. */
async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
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

async function ask<Data>(page: Page, query: string): Promise<Data> {
  return page.evaluate(async (query) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query }),
    });
    return ((await response.json()) as { data: Data }).data;
  }, query);
}

test('a passkey is added, and signs in afterwards without an address', async ({ visit, server }) => {
  const page = await visit();
  const device = await authenticator(page);
  await page.goto(await server.signInLink(PEOPLE.aanjager));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/terrein\//);
  expect(await add(page, 'Laptop')).toBe(201);
  const { credentials } = await device.cdp.send('WebAuthn.getCredentials', { authenticatorId: device.id });
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
  await device.cdp.send('WebAuthn.removeCredential', {
    authenticatorId: device.id,
    credentialId: key.credentialId,
  });
  await device.cdp.send('WebAuthn.addCredential', {
    authenticatorId: device.id,
    credential: { ...key, signCount: 0 },
  });
  expect(await signIn(page)).toBe(422);
});
