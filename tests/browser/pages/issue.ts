import { expect, type Locator, type Page } from '@playwright/test';

/** An issue: the sheet on the phone, the right panel at the desk. */
export class IssuePage {
  readonly root: Locator;
  readonly heading: Locator;
  readonly supportBox: Locator;
  readonly support: Locator;
  readonly acts: Locator;
  readonly history: Locator;
  readonly comments: Locator;
  readonly dialog: Locator;

  constructor(readonly page: Page) {
    this.root = page.getByRole('article');
    this.heading = this.root.getByRole('heading', { level: 2 });
    this.supportBox = this.root.getByRole('region', { name: 'Speelt bij' });
    this.support = this.supportBox.getByRole('button', { name: /^Speelt (ook bij ons|bij ons)$/ });
    this.acts = this.root.getByRole('button', { name: 'Wat wil je doen?' });
    this.history = this.root.getByRole('region', { name: 'Wat er is gebeurd' });
    this.comments = this.root.getByRole('region', { name: 'Reacties' });
    this.dialog = page.getByRole('dialog');
  }

  /** The id of the issue in the graph. */
  get id(): string {
    const uuid = /\/melding\/([0-9a-f-]{36})/.exec(this.page.url())?.[1];
    if (!uuid) throw new Error(`not on an issue: ${this.page.url()}`);
    return `issue:${uuid}`;
  }

  async shows(title: string): Promise<void> {
    await expect(this.heading).toHaveText(title);
  }

  /** How many companies recognise it. */
  async supportCount(): Promise<number> {
    return Number.parseInt(await this.supportBox.locator('b').first().innerText(), 10);
  }

  async openAct(name: string): Promise<void> {
    await this.acts.click();
    await this.dialog.getByRole('button', { name }).click();
  }

  async share(audience: string): Promise<void> {
    await this.openAct('Wie mag dit zien');
    await this.dialog.getByRole('button', { name: audience }).click();
    await expect(this.dialog).toBeHidden();
  }

  async changeState(state: string, reason: string): Promise<void> {
    await this.openAct('Verander de toestand');
    await this.dialog.getByRole('radio', { name: state }).check();
    await this.dialog.getByRole('textbox').fill(reason);
    await this.dialog.getByRole('button', { name: 'Bewaar' }).click();
    await expect(this.dialog).toBeHidden();
  }

  async comment(text: string): Promise<void> {
    await this.comments.getByRole('textbox').fill(text);
    await this.comments.getByRole('button', { name: 'Plaats reactie' }).click();
  }
}
