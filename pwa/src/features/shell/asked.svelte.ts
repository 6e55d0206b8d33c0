import { untrack } from 'svelte';
import { ApiError } from '../../api/client';
import { session } from '../../session.svelte';
import { status } from '../../sync/status.svelte';
import type { TerreinDb } from '../../store/db';

/** After this long without an answer it is an error, with a way to try again. */
const SLOW_MS = 8000;

interface Kept<Value> {
  at: number;
  value: Value;
}

/**
 * What only the server knows, as it was last read. It is asked when the screen opens and when the network comes
 * back; until then, and without a network, the screen shows what was kept from the time before.
 */
export class Asked<Value> {
  value = $state.raw<Value | null>(null);
  /** Epoch milliseconds at which it was read. */
  at = $state<number | null>(null);
  /** Read in this visit. */
  fresh = $state(false);
  /** Code of what went wrong the last time; null when nothing did. */
  failed = $state<string | null>(null);
  #turn = 0;

  constructor(
    readonly key: () => string | null,
    readonly read: () => Promise<Value>,
  ) {
    $effect(() => {
      const { db } = session;
      const key = this.key();
      untrack(() => {
        this.#forget();
        if (key) void this.#show(db, key).then(() => this.load());
      });
    });
    $effect(() => {
      if (status.reachable) untrack(() => this.failed && !this.fresh && void this.load());
    });
  }

  /** Asks again. What is on screen stays until the answer is there. */
  async load(): Promise<void> {
    const key = this.key();
    if (!key) return;
    const turn = ++this.#turn;
    const { db } = session;
    const slow = setTimeout(() => {
      if (turn === this.#turn) this.failed = 'UNREACHABLE';
    }, SLOW_MS);
    try {
      const value = await this.read();
      if (turn !== this.#turn) return;
      Object.assign(this, { value, at: Date.now(), fresh: true, failed: null });
      const kept: Kept<Value> = { at: Date.now(), value };
      await db.setting.put({ key: `seen.${key}`, value: kept }).catch(() => undefined);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failed = error instanceof ApiError ? error.code : 'INTERNAL';
      if (!(error instanceof ApiError)) console.error(error);
      // No longer ours to see: nothing of it stays on the device.
      if (this.failed === 'FORBIDDEN' || this.failed === 'NOT_FOUND') {
        this.value = null;
        await db.setting.delete(`seen.${key}`).catch(() => undefined);
      }
    } finally {
      clearTimeout(slow);
    }
  }

  #forget(): void {
    this.#turn += 1;
    Object.assign(this, { value: null, at: null, fresh: false, failed: null });
  }

  async #show(db: TerreinDb, key: string): Promise<void> {
    const turn = this.#turn;
    const kept = (await db.setting.get(`seen.${key}`).catch(() => undefined))?.value as
      Kept<Value> | undefined;
    if (kept && turn === this.#turn) Object.assign(this, { value: kept.value, at: kept.at });
  }
}
