import { expect, type Locator, type Page } from '@playwright/test';
import type { Kind } from './terrain';

/** Where, what, who: three steps, of which the last may be skipped. */
export class PinFlow {
  readonly root: Locator;
  readonly note: Locator;
  readonly save: Locator;
  readonly stop: Locator;
  readonly toMyPlace: Locator;
  /** What was reported near already. */
  readonly near: Locator;

  constructor(
    readonly page: Page,
    name = 'Zet een pin',
  ) {
    this.root = page.getByRole('region', { name });
    this.note = this.root.getByRole('textbox', { name: 'Notitie' });
    this.save = this.root.getByRole('button', { name: /^Bewaar/ });
    this.stop = this.root.getByRole('button', { name: /^Stop met deze/ });
    this.toMyPlace = this.root.getByRole('button', { name: 'Naar mijn plek' });
    this.near = this.root.getByRole('region', { name: 'Hier is al iets gemeld' });
  }

  async step(title: string): Promise<void> {
    await expect(this.root.getByRole('heading', { level: 2 })).toHaveText(title);
  }

  kind(kind: Kind): Locator {
    return this.root.getByRole('button', { name: kind });
  }

  async toWho(): Promise<void> {
    await this.root.getByRole('button', { name: 'Wie raakt dit?' }).click();
    await this.step('Wie raakt dit?');
  }

  async visibleTo(audience: string): Promise<void> {
    await this.root.getByRole('button', { name: /Zichtbaar voor/ }).click();
    await this.page.getByRole('dialog').getByText(audience, { exact: true }).click();
    await expect(this.page.getByRole('dialog')).toBeHidden();
  }
}
