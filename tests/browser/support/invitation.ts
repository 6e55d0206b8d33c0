import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect } from '../fixtures';
import type { Server } from './server';

/** The link in the mail that invites this address; waits until it is there. */
export async function invitationLink(server: Server, to: string): Promise<string> {
  let link = '';
  await expect
    .poll(
      async () => {
        for (const path of await server.mails()) {
          // Quoted-printable: lines are broken off with an equals sign, and the sign itself is written out.
          const mail = (await readFile(path, 'utf8')).replace(/=\r?\n/g, '').replace(/=3D/g, '=');
          if (mail.includes(to)) link = /https?:\/\/\S+\/invitation\/[\w.~-]+/.exec(mail)?.[0] ?? link;
        }
        return link;
      },
      { timeout: 20_000 },
    )
    .not.toBe('');
  return link;
}

/** Sends an invitation from the open screen about people. */
export async function invite(
  page: Page,
  { email, organisation, role }: { email: string; organisation: string; role: string },
): Promise<void> {
  await page.getByRole('button', { name: 'Nodig iemand uit' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('E-mailadres').fill(email);
  await form.getByLabel('Voor welke organisatie?').selectOption({ label: organisation });
  // The roles of an organisation come from the server.
  const roles = form.getByLabel('Welke rol?');
  await expect(roles.getByRole('option', { name: role })).toBeAttached();
  await roles.selectOption({ label: role });
  await form.getByRole('button', { name: 'Stuur uitnodiging' }).click();
  await expect(form).toBeHidden();
}

/** Follows an invitation as somebody new, up to the terrain. */
export async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Je naam').fill(name);
  await page.getByRole('button', { name: 'Doe mee' }).click();
  await page.waitForURL(/\/terrein\//);
}
