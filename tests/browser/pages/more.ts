import { expect, type Locator, type Page } from '@playwright/test';

/** Account, work that waits, and how things look. */
export class MorePage {
  readonly account: Locator;
  readonly signOut: Locator;

  constructor(readonly page: Page) {
    this.account = page.getByRole('region', { name: 'Account' });
    this.signOut = page.getByRole('button', { name: 'Log uit' });
  }

  async open(): Promise<this> {
    await this.page.goto('/meer');
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('Meer');
    return this;
  }
}
