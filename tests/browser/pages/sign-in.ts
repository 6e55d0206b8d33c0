import { expect, type Locator, type Page } from '@playwright/test';

export class SignInPage {
  readonly email: Locator;
  readonly send: Locator;
  readonly code: Locator;
  readonly problem: Locator;

  constructor(readonly page: Page) {
    this.email = page.getByLabel('Zakelijk e-mailadres');
    this.send = page.getByRole('button', { name: 'Stuur mij een inloglink' });
    this.code = page.getByLabel('Code uit de mail');
    this.problem = page.getByRole('alert');
  }

  async open(): Promise<this> {
    await this.page.goto('/inloggen');
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('Samen het terrein vooruit');
    return this;
  }

  /** The way in of an organisation of one's own. */
  organisation(name: string): Locator {
    return this.page.getByRole('link', { name: `Verder met ${name}` });
  }

  /** Asks for a mail and waits until the app says that it was sent. */
  async ask(email: string): Promise<void> {
    await this.email.fill(email);
    await this.send.click();
    await expect(this.page.getByText('Kijk in je mail')).toBeVisible();
  }
}
