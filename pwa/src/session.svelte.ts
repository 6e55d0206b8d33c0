import { setLanguage } from './api/operations/writes';
import { ApiError, execute, lookWith, onOtherPerson, speakFor } from './api/client';
import { uuidv7 } from './domain/id';
import type { Role, Viewer } from './domain/person';
import { pullViewer } from './sync/pull';
import { Sync } from './sync/schedule';
import {
  databaseName,
  dbFor,
  dbForSeeing,
  dbOfLastPerson,
  dropSeeing,
  lastPerson,
  personOf,
  type TerreinDb,
} from './store/db';
import { queuedCount } from './store/outbox';

/** How often it is looked at whether the server was heard of. */
const WATCH_MS = 60_000;

/** Somebody who manages a terrain looks at it with the eyes of another role; null role: of who did not sign in. */
export interface Seeing {
  role: Role | null;
  terrainId: string;
  terrain: string;
}

/** As the server's header has it. */
export const eyesOf = ({ role, terrainId }: Seeing): string =>
  `${role?.toLowerCase() ?? 'anonymous'} ${terrainId}`;

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
  /** While it is on, the viewer is somebody of that role, and nothing can be changed. Ends with the page. */
  seeing = $state.raw<Seeing | null>(null);
  /** Too long without a word from the server: what is on the device stays shut until there is one. */
  locked = $state<'time' | 'revoked' | null>(null);
  #speaker: string | null = null;

  async start(): Promise<void> {
    onOtherPerson(() => void (this.seeing ? this.stopSeeing() : this.refresh()));
    // Asked while the copy is being opened.
    const asked = pullViewer();
    asked.catch(() => undefined);
    // Where nobody was before, nothing is read before it is known for whom: it would be thrown away and read again.
    await this.#open(lastPerson() !== null);
    this.ready = true;
    setInterval(() => void this.#watchTime(), WATCH_MS);
    document.addEventListener('visibilitychange', () => void this.#watchTime());
    addEventListener('online', () => void this.#watchTime());
    void dropSeeing().catch(() => undefined);
    await this.refresh(asked);
    this.sync.start();
  }

  /** Asks the server who is signed in, and changes to that person's copy. Offline: nothing changes. */
  async refresh(asked = pullViewer()): Promise<void> {
    let viewer: Viewer | null;
    const { seeing } = this;
    try {
      viewer = await asked;
    } catch (error) {
      // Signed out elsewhere, or no longer the one who manages this terrain.
      if (seeing && error instanceof ApiError && !error.passing) await this.stopSeeing();
      return;
    }
    // Asked with other eyes than there are now.
    if (seeing !== this.seeing) return;
    if (seeing) {
      this.viewer = viewer;
      this.sync.kick();
      return;
    }
    // A session that ended leaves the copy and its queue on screen; the banner asks to sign in again.
    if (!viewer && this.viewer && (await (await import('./sync/pack')).shutOut(this.db, this.sync)))
      this.locked = 'revoked';
    if (!viewer && this.viewer && (await queuedCount(this.db)) > 0) {
      this.confirmed = true;
      return;
    }
    if (this.db.name !== databaseName(viewer?.id ?? null)) await this.#change(viewer);
    this.viewer = viewer;
    if (viewer) {
      await this.db.setting.put({ key: 'viewer', value: viewer });
      await (await import('./sync/contact')).met(this.db);
      this.locked = null;
    }
    this.confirmed = true;
    this.sync.kick();
  }

  /**
   * Looks at a terrain with the eyes of a role, from a copy of its own that is thrown away after.
   *
   * @throws ApiError when the server does not let this person, or did not answer; everything is as it was then.
   */
  async see(seeing: Seeing): Promise<void> {
    lookWith(eyesOf(seeing));
    let viewer: Viewer | null;
    try {
      viewer = await pullViewer();
      await dropSeeing();
    } catch (error) {
      lookWith(this.seeing && eyesOf(this.seeing));
      throw error;
    }
    // It is still this person who asks.
    const speaker = this.seeing ? this.#speaker : personOf(this.db.name);
    this.seeing = seeing;
    this.viewer = viewer;
    this.#use(dbForSeeing(), true, speaker);
  }

  /** Back to one's own eyes, and one's own copy as it was. */
  async stopSeeing(): Promise<void> {
    if (!this.seeing) return;
    lookWith(null);
    this.seeing = null;
    await this.#open();
    await dropSeeing();
    await this.refresh();
  }

  /** Leaves this person's copy sealed on the device and goes on as a visitor. */
  async leave(): Promise<void> {
    await this.#change(null);
    this.viewer = null;
  }

  /** Takes this person's copy off the device for good: they are no longer known anywhere. */
  async forget(): Promise<void> {
    const { db } = this;
    await this.leave();
    await db.delete();
  }

  async tellLanguage(language: 'NL' | 'EN'): Promise<void> {
    if (this.viewer)
      await execute(setLanguage, { input: { commandId: uuidv7(), language } }).catch(() => undefined);
  }

  /** The copy of whoever used this device last. */
  async #open(start = true): Promise<void> {
    const db = dbOfLastPerson();
    this.#use(db, start);
    const kept = await db.setting.get('viewer').catch(() => undefined);
    this.viewer = (kept?.value as Viewer | undefined) ?? null;
    await this.#watchTime();
  }

  /** Shuts what is on the device when its person has not been heard of for long; a visitor's copy holds what all may see. */
  async #watchTime(): Promise<void> {
    const { db } = this;
    const lost =
      !this.seeing &&
      personOf(db.name) !== null &&
      (await (await import('./sync/contact')).isLost(db, this.confirmed));
    if (db !== this.db || this.locked === 'revoked') return;
    this.locked = lost ? 'time' : null;
    // Its next word opens it.
    if (lost && this.ready) await this.refresh();
  }

  /** Another person: what was kept for the one before goes, but for what they did not send. */
  async #change(viewer: Viewer | null): Promise<void> {
    const name = databaseName(viewer?.id ?? null);
    const { db } = this;
    this.sync.stop();
    await (await import('./sync/pack')).leaveBehind(db, name);
    // Another question about who this is may have been answered meanwhile: the same copy is not opened twice.
    if (this.db.name === name) return;
    this.locked = null;
    this.#use(dbFor(viewer));
  }

  #use(db: TerreinDb, start = true, speaker = personOf(db.name)): void {
    this.sync?.stop();
    this.db?.close();
    this.db = db;
    this.#speaker = speaker;
    speakFor(speaker);
    // What another role is shown stays off the device.
    this.sync = new Sync(db, this.seeing === null);
    if (start) this.sync.start();
  }
}

export const session = new Session();
