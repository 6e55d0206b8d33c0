import { liveQuery } from 'dexie';
import { ApiError, onExchange } from '../api/client';
import type { TerreinDb } from '../store/db';
import { unsentMedia } from '../store/unsent';
import { outboxRows } from '../store/outbox';
import { backoffMs } from './backoff';
import { listen, type Listening } from './live';
import { pullTerrain, pullTerrains } from './pull';
import { flush } from './push';
import { status } from './status.svelte';

/** Shown for this long: "Weer bereik. 3 pins verstuurd". */
const JUST_SENT_MS = 4000;
/** The map on screen has its tiles by then. */
const PACKS_AFTER_MS = 3000;
/** Without a live line the feed is read this often. */
const POLL_MS = 60_000;

/**
 * Keeps one database in step with the server: sends the outbox, follows the feed of the open terrain.
 * `navigator.onLine` is only a hint; answers decide.
 */
export class Sync {
  #terrainId: string | null = null;
  #listening: Listening | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #sentTimer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #stops: (() => void)[] = [];
  #started = false;
  #stopped = false;
  #terrainsKnown = false;
  #packs: Promise<void> | null = null;
  #packsTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #ended = new AbortController();

  constructor(
    readonly db: TerreinDb,
    /** Keeps what was taken along up to date too. */
    readonly packs = true,
  ) {}

  /** Until then it only hears which terrain is open. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    onExchange((reached) => {
      if (reached) status.lastContact = Date.now();
      status.reachable = reached;
    });
    const nudge = (): void => this.kick();
    const wake = (): void => {
      if (document.visibilityState === 'visible') this.kick();
    };
    const lost = (): void => {
      status.reachable = false;
    };
    addEventListener('online', nudge);
    addEventListener('offline', lost);
    document.addEventListener('visibilitychange', wake);
    this.#poll = setInterval(nudge, POLL_MS);
    const counting = liveQuery(
      async () => [await outboxRows(this.db), await unsentMedia(this.db)] as const,
    ).subscribe({
      next: ([rows, media]) => {
        const waiting = rows.filter((row) => !row.parked);
        const waitingMedia = media.filter((row) => !row.parked).length;
        const grew = waiting.length + waitingMedia > status.waiting;
        status.waiting = waiting.length + waitingMedia;
        status.waitingMedia = waitingMedia;
        status.waitingPins = waiting.filter((row) => row.edit.type === 'report-issue').length;
        status.parked = rows.length - waiting.length + media.length - waitingMedia;
        if (grew) this.kick();
      },
    });
    this.#stops.push(
      () => removeEventListener('online', nudge),
      () => removeEventListener('offline', lost),
      () => document.removeEventListener('visibilitychange', wake),
      () => clearInterval(this.#poll),
      () => counting.unsubscribe(),
    );
    this.#follow();
  }

  stop(): void {
    this.#stopped = true;
    this.#ended.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#packsTimer);
    this.#listening?.close();
    this.#listening = null;
    for (const stop of this.#stops) stop();
  }

  /** Follows another terrain. */
  open(terrainId: string | null): void {
    if (terrainId === this.#terrainId) return;
    this.#terrainId = terrainId;
    status.failed = null;
    if (this.#started) this.#follow();
  }

  #follow(): void {
    const terrainId = this.#terrainId;
    this.#listening?.close();
    this.#listening = terrainId ? listen(terrainId, () => this.kick()) : null;
    this.kick();
  }

  /** "Probeer nu": forget the waiting time and go. */
  now(): Promise<void> {
    this.#failures = 0;
    this.kick();
    return this.#running ?? Promise.resolve();
  }

  /** Something may have changed here or there: one round, and one more when it comes during a round. */
  kick(): void {
    if (!this.#started || this.#stopped) return;
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#round()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = null;
        if (this.#again) {
          this.#again = false;
          this.kick();
        }
      });
  }

  async #round(): Promise<void> {
    await this.#push();
    const terrainId = this.#terrainId;
    // Side by side: what is on screen need not wait for the names of other terrains.
    const reads = await Promise.allSettled([
      terrainId ? pullTerrain(this.db, terrainId) : undefined,
      this.#terrainsKnown ? undefined : pullTerrains(this.db).then(() => (this.#terrainsKnown = true)),
    ]);
    for (const read of reads) if (read.status === 'rejected') throw read.reason;
    // Rights changed: other terrains may have come or gone with them.
    if (reads[0].status === 'fulfilled' && reads[0].value) await pullTerrains(this.db);
    await this.#pushMedia();
    status.failed = null;
    this.#failures = 0;
    this.#keepPacks();
  }

  /** When what is on screen has had its turn; a round that comes meanwhile finds it under way. */
  #keepPacks(): void {
    if (!this.packs || this.#packs) return;
    clearTimeout(this.#packsTimer);
    this.#packsTimer = setTimeout(() => {
      this.#packs = this.#eachPack()
        // The network went: the next round tries again.
        .catch(() => undefined)
        .finally(() => (this.#packs = null));
    }, PACKS_AFTER_MS);
  }

  async #eachPack(): Promise<void> {
    if ((await this.db.pack.count()) === 0) return;
    const { keepPacks } = await import('./pack');
    await keepPacks(this.db, this.#terrainId, this.#ended.signal);
  }

  /** One flusher per origin: another tab may be sending the same queue. */
  async #push(): Promise<void> {
    await navigator.locks.request('terrein.flush', async () => {
      const wasUnreachable = !status.reachable;
      const pins = status.waitingPins;
      const result = await flush(this.db);
      status.signInFirst = result.kind === 'sign-in-first';
      // It goes forward, however badly: the next try need not wait long.
      if (result.sent > 0) this.#failures = 0;
      if (result.kind === 'later') throw new ApiError('UNREACHABLE', 'not now');
      if (wasUnreachable && pins > 0 && result.sent > 0) this.#tellSent(pins);
    });
  }

  /** Photos and sound after text: what is made meanwhile goes in between. */
  async #pushMedia(): Promise<void> {
    if ((await this.db.media.count()) + (await this.db.fileCopy.count()) === 0) return;
    const { flushMedia, settleMedia } = await import('./media');
    await settleMedia(this.db);
    await navigator.locks.request('terrein.flush', async () => {
      const result = await flushMedia(this.db, () => !this.#again && !this.#stopped);
      if (result.kind === 'sign-in-first') status.signInFirst = true;
      if (result.sent > 0) this.#failures = 0;
      if (result.kind === 'later') throw new ApiError('UNREACHABLE', 'not now');
      // The feed soon tells of what arrived.
      if (result.sent > 0) this.#again = true;
    });
  }

  #tellSent(pins: number): void {
    status.justSent = pins;
    clearTimeout(this.#sentTimer);
    this.#sentTimer = setTimeout(() => {
      status.justSent = 0;
    }, JUST_SENT_MS);
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    if (error instanceof ApiError) {
      // Somebody else's session: the right copy is being opened.
      if (error.reason === 'OTHER_PERSON') return;
      if (!error.passing || error.code === 'INTERNAL') status.failed = error.code;
    } else {
      // Ours: the copy on the device could not be written. Said once, then tried again like the rest.
      console.error(error);
      status.failed = 'INTERNAL';
    }
    this.#timer = setTimeout(() => this.kick(), backoffMs(this.#failures));
    this.#failures += 1;
  }
}
