import { expect, type Locator, type Page } from '@playwright/test';

/** Photos and dictated notes: in the pin flow, or on an issue. */
export class Media {
  readonly photos: Locator;
  readonly dialog: Locator;
  readonly speak: Locator;
  readonly notes: Locator;
  readonly camera: Locator;

  constructor(
    readonly page: Page,
    readonly root: Locator,
  ) {
    this.photos = root.getByLabel("Foto's", { exact: true });
    this.camera = this.photos.locator('label');
    this.dialog = page.getByRole('dialog');
    this.speak = root.getByRole('button', { name: 'Spreek in' });
    this.notes = root.getByRole('region', { name: 'Ingesproken' });
  }

  /** By one tap, after which the phone's camera has the floor. */
  async take(bytes: Buffer, name = 'foto.jpg', mimeType = 'image/jpeg'): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.camera.tap()]);
    await chooser.setFiles({ name, mimeType, buffer: bytes });
  }

  /** What of the device's own photos can be looked at, and tapped. */
  get thumbs(): Locator {
    return this.photos.getByRole('button').filter({ has: this.page.locator('img') });
  }

  /** Plays the sound below `where`, and sees that something of it was heard: a short one is over at once. */
  async plays(where: Locator): Promise<void> {
    await where.getByRole('button', { name: 'Luister' }).tap();
    await expect
      .poll(() =>
        where.locator('audio').evaluate(({ played }: HTMLAudioElement) => played.length && played.end(0)),
      )
      .toBeGreaterThan(0);
  }

  /** Makes the upper left quarter of what is on screen unrecognisable. */
  async coverUpperLeft(): Promise<void> {
    const stage = this.dialog.getByRole('group', { name: 'Maak onherkenbaar' });
    await expect(stage.locator('img')).toBeVisible();
    const box = await stage.boundingBox();
    if (!box) throw new Error('nothing to cover');
    await this.page.mouse.move(box.x + 2, box.y + 2);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.3);
    await this.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
    await this.page.mouse.up();
  }
}
