import { expect, type Locator, type Page } from '@playwright/test';
import { database, kept } from '../support/store';

export type Kind = 'Probleem' | 'Kans' | 'Uitdaging';
export const KINDS: Kind[] = ['Probleem', 'Kans', 'Uitdaging'];

/** The map of a terrain with its list: one screen at the desk, two on the phone. */
export class TerrainPage {
  readonly map: Locator;
  /** Pins and group pills on the map. */
  readonly pins: Locator;
  readonly pills: Locator;
  /** The list of issues, beside the map at the desk, a screen of its own on the phone. */
  readonly list: Locator;
  readonly rows: Locator;
  readonly filters: Locator;
  readonly menu: Locator;
  readonly newPin: Locator;

  constructor(readonly page: Page) {
    this.map = page.locator('.map').first();
    this.pins = page.locator('.pins button.mark');
    this.pills = page.locator('.pins button.pill');
    this.list = page.getByRole('list', { name: 'Meldingen' });
    this.rows = this.list.getByRole('listitem');
    this.filters = page.getByRole('group', { name: 'Filter op soort' });
    this.menu = page.getByRole('navigation', { name: 'Hoofdmenu' });
    this.newPin = page.getByRole('button', { name: 'Zet een pin' }).first();
  }

  /** Opens the app at its front door, which leads to the terrain, and waits until the feed is in and the map drawn. */
  async open(): Promise<this> {
    await this.page.goto('/');
    await this.page.waitForURL(/\/terrein\//);
    return this.ready();
  }

  async ready(): Promise<this> {
    await expect(this.map).toHaveAttribute('data-ready', '', { timeout: 40_000 });
    await expect(this.pins.or(this.pills).first()).toBeVisible({ timeout: 20_000 });
    // The feed comes in pages: it is in when the app's copy says so, and drawn when the number of pins no longer grows.
    await expect
      .poll(
        async () =>
          (await kept(this.page, await database(this.page), 'feed')).some(
            ({ terrainId, completeAt }) => terrainId === this.id && completeAt !== null,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    let last = -1;
    await expect
      .poll(
        async () => {
          const now = await this.pinCount();
          const still = now === last;
          last = now;
          return still;
        },
        { timeout: 20_000, intervals: [500] },
      )
      .toBe(true);
    return this;
  }

  /** The id of the terrain in the graph. */
  get id(): string {
    const uuid = /\/terrein\/([0-9a-f-]{36})/.exec(this.page.url())?.[1];
    if (!uuid) throw new Error(`not on a terrain: ${this.page.url()}`);
    return `terrain:${uuid}`;
  }

  async openList(): Promise<void> {
    await this.menu.getByRole('link', { name: 'Lijst' }).click();
    await expect(this.rows.first()).toBeVisible();
  }

  async openMap(): Promise<void> {
    await this.menu.getByRole('link', { name: 'Kaart' }).click();
    await this.ready();
  }

  row(title: string): Locator {
    return this.rows.filter({ hasText: title });
  }

  pin(title: string): Locator {
    return this.page.locator('.pins button.mark').and(this.page.getByRole('button', { name: title }));
  }

  /** How many issues the map stands for: shapes and pins, and what each group pill counts. */
  async pinCount(): Promise<number> {
    return this.page.evaluate(() => {
      const counts = [...document.querySelectorAll<HTMLElement>('.pins .pill [data-count]')];
      const grouped = counts.reduce((sum, { dataset }) => sum + Number(dataset['count']), 0);
      return document.querySelectorAll('.pins .mark').length + grouped;
    });
  }

  /** The shapes of one kind on the map, also of those that share a tap target with others. */
  shapes(kind: Kind): Locator {
    const word = { Probleem: 'PROBLEM', Kans: 'OPPORTUNITY', Uitdaging: 'CHALLENGE' }[kind];
    return this.page.locator(`.pins .mark svg.k-${word}`);
  }

  filter(kind: Kind): Locator {
    return this.filters.getByRole('button', { name: kind });
  }

  /** How many open issues of a kind the filter says there are. */
  async counted(kind: Kind): Promise<number> {
    return Number(await this.filter(kind).locator('b').innerText());
  }

  layer(name: string): Locator {
    return this.page.getByRole('switch', { name });
  }
}
