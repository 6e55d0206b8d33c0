/// <reference lib="webworker" />
import { draw } from './picture';

/** Draws photos beside the page, which goes on meanwhile. */
declare const self: DedicatedWorkerGlobalScope;
self.onmessage = async ({ data, ports: [port] }: MessageEvent<Parameters<typeof draw>>) => {
  try {
    port?.postMessage({ picture: await draw(...data) });
  } catch (error) {
    port?.postMessage({ failed: String(error) });
  }
};
