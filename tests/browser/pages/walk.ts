import { expect, type Locator, type Page } from '@playwright/test';

/** A round on foot: whom to speak to next, what is due, what is asked here. */
export class WalkPage {
  readonly root: Locator;
  readonly open: Locator;
  readonly start: Locator;
  readonly stop: Locator;
  readonly next: Locator;
  readonly record: Locator;
  readonly line: Locator;
  /** Who was spoken to, and when. */
  readonly coverage: Locator;

  constructor(readonly page: Page) {
    this.root = page.getByRole('region', { name: 'Ronde', exact: true });
    this.open = page.getByRole('button', { name: /Loop een ronde|Ronde loopt/ });
    this.start = this.root.getByRole('button', { name: 'Start ronde' });
    this.stop = this.root.getByRole('button', { name: 'Stop ronde' });
    this.next = this.root.locator('[data-company]');
    this.record = this.next.getByRole('button', { name: /^Leg gesprek vast/ });
    this.line = page.locator('.walk-line');
    this.coverage = this.root.locator('[data-coverage]');
  }

  quest(question: string): Locator {
    return this.root.locator(`[data-quest=${question}]`).first();
  }

  covered(companyId: string): Locator {
    return this.coverage.locator(`[data-covered="${companyId}"]`);
  }

  promise(text: string): Locator {
    return this.root.locator('[data-promise]').filter({ hasText: text });
  }
}

/** A talk that is written down. */
export class TalkPage {
  readonly root: Locator;
  readonly save: Locator;

  constructor(readonly page: Page) {
    this.root = page.getByRole('region', { name: 'Gesprek', exact: true });
    this.save = this.root.getByRole('button', { name: 'Bewaar gesprek' });
  }

  answer(question: string): Locator {
    return this.root.getByRole('textbox', { name: question });
  }

  question(question: string): Locator {
    return this.root.getByRole('button', { name: new RegExp(`^${question.replace('?', '\\?')}`) });
  }

  async sharing(word: string): Promise<void> {
    await expect(this.root.getByRole('button', { name: new RegExp(`^${word}`) })).toBeVisible();
  }
}
