import { FORGET, TILES } from '../worker/names';

const ANSWER_MS = 2000;

/** Takes every tile off the device: they were drawn for rights that are no longer these. */
export async function forgetTiles(): Promise<void> {
  if (!globalThis.caches) return;
  const worker = globalThis.navigator?.serviceWorker?.controller;
  if (worker) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      setTimeout(resolve, ANSWER_MS);
      worker.postMessage(FORGET, [port2]);
    });
  }
  await caches.delete(TILES);
}
