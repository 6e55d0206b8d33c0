import { expect, type Locator, type Page } from '@playwright/test';
import { PinFlow } from './pin-flow';

/** The first step of the pin flow for a line or an area. */
export class DrawingPage extends PinFlow {
  readonly put: Locator;
  readonly undo: Locator;
  readonly progress: Locator;
  readonly snapping: Locator;
  readonly typeCoordinates: Locator;
  readonly canvas: Locator;

  constructor(page: Page, name?: string) {
    super(page, name);
    this.put = this.root.getByRole('button', { name: 'Zet hoekpunt' });
    this.undo = this.root.getByRole('button', { name: 'Punt terug' });
    this.progress = this.root.getByRole('status').getByRole('heading');
    this.snapping = this.root.getByRole('button', { name: 'Klik vast aan perceelgrenzen' });
    this.typeCoordinates = this.root.getByRole('button', { name: 'Typ coördinaten' });
    this.canvas = page.locator('.map canvas');
  }

  shape(name: 'Punt' | 'Lijn' | 'Vlak'): Locator {
    return this.root
      .getByRole('group', { name: 'Wat zet je neer?' })
      .getByRole('button', { name, exact: true });
  }

  done(shape: 'Lijn' | 'Vlak'): Locator {
    return this.root.getByRole('button', { name: shape === 'Lijn' ? 'Lijn klaar' : 'Sluit het vlak' });
  }

  async type(coordinates: string): Promise<void> {
    await this.typeCoordinates.click();
    const dialog = this.page.getByRole('dialog', { name: 'Typ coördinaten' });
    await dialog.getByRole('textbox').fill(coordinates);
    await dialog.getByRole('textbox').press('Enter');
  }

  /** Moves the map under the crosshair with the keys: so many times a metre, or ten with Shift. */
  async steps(keys: [key: string, times: number][]): Promise<void> {
    for (const [key, times] of keys) for (let i = 0; i < times; i += 1) await this.page.keyboard.press(key);
  }

  async size(text: string | RegExp): Promise<void> {
    await expect(this.progress).toHaveText(text);
  }
}
