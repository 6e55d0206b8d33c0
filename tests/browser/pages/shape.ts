import type { Locator, Page } from '@playwright/test';
import { DrawingPage } from './drawing';
import { IssuePage } from './issue';

/** Another place or shape for an issue that is there: the crosshair and the corners of the pin flow. */
export class ShapePage extends DrawingPage {
  readonly putHere: Locator;
  readonly asItWas: Locator;

  constructor(page: Page) {
    super(page, 'Plek en vorm');
    this.putHere = this.root.getByRole('button', { name: 'Zet hier' });
    this.asItWas = this.root.getByRole('button', { name: 'Zoals het was' });
  }

  /** From an open issue. */
  async open(): Promise<void> {
    await new IssuePage(this.page).openAct('Verander de plek of de vorm');
    await this.root.waitFor();
  }

  corner(way: 'Vorig' | 'Volgend'): Locator {
    return this.root.getByRole('button', { name: `${way} hoekpunt` });
  }
}
