import { setLanguage } from './api/operations/writes';
import { execute, onOtherPerson, speakFor } from './api/client';
import { uuidv7 } from './domain/id';
import type { Viewer } from './domain/person';
import { pullViewer } from './sync/pull';
import { forgetTiles } from './sync/ground';
import { Sync } from './sync/schedule';
import { databaseName, dbFor, dbOfLastPerson, personOf, type TerreinDb } from './store/db';

/**
 * Who uses this device and the copy that belongs to them. The copy of the last person opens at once, without a
 * network; what the server then says about the session may exchange it for another.
 */
class Session {
  db = $state.raw<TerreinDb>(undefined as unknown as TerreinDb);
  sync = $state.raw<Sync>(undefined as unknown as Sync);
  viewer = $state.raw<Viewer | null>(null);
  /** The copy of the last person has been opened. */
  ready = $state(false);
  /** The server has said who this is, in this run of the app. */
  confirmed = $state(false);

  async start(): Promise<void> {
    onOtherPerson(() => void this.refresh());
    this.#use(dbOfLastPerson());
    const kept = await this.db.setting.get('viewer').catch(() => undefined);
    this.viewer = (kept?.value as Viewer | undefined) ?? null;
    this.ready = true;
    await this.refresh();
  }

  /** Asks the server who is signed in, and changes to that person's copy. Offline: nothing changes. */
  async refresh(): Promise<void> {
    let viewer: Viewer | null;
    try {
      viewer = await pullViewer();
    } catch {
      return;
    }
    // A session that ended leaves the copy and its queue on screen; the banner asks to sign in again.
    if (!viewer && this.viewer && (await this.db.outbox.count()) > 0) {
      this.confirmed = true;
      return;
    }
    if (this.db.name !== databaseName(viewer?.id ?? null)) await this.#change(viewer);
    this.viewer = viewer;
    if (viewer) await this.db.setting.put({ key: 'viewer', value: viewer });
    this.confirmed = true;
    this.sync.kick();
  }

  /** Leaves this person's copy sealed on the device and goes on as a visitor. */
  async leave(): Promise<void> {
    await this.#change(null);
    this.viewer = null;
  }

  async tellLanguage(language: 'NL' | 'EN'): Promise<void> {
    if (this.viewer)
      await execute(setLanguage, { input: { commandId: uuidv7(), language } }).catch(() => undefined);
  }

  /** Another person: with other rights, so without the tiles of the one before. */
  async #change(viewer: Viewer | null): Promise<void> {
    this.sync.stop();
    await forgetTiles();
    // Another question about who this is may have been answered meanwhile: the same copy is not opened twice.
    const name = databaseName(viewer?.id ?? null);
    if (this.db.name === name) return;
    this.#use(dbFor(viewer));
  }

  #use(db: TerreinDb): void {
    this.sync?.stop();
    this.db?.close();
    this.db = db;
    speakFor(personOf(db.name));
    this.sync = new Sync(db);
    this.sync.start();
  }
}

export const session = new Session();
