import type { PhotoArea } from '../../domain/media';
import { draw, type Picture } from './picture';

let worker: Worker | null | undefined;

/** Null where a worker cannot draw: then the page does it itself. */
function helper(): Worker | null {
  if (worker !== undefined) return worker;
  worker = null;
  if (typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined') {
    worker = new Worker(new URL('./picture.worker.ts', import.meta.url), { type: 'module' });
    worker.onerror = () => (worker = null);
  }
  return worker;
}

/** Draws a photo anew off the main path; see `draw`. */
export async function drawn(
  photo: Blob,
  longest: number,
  areas: readonly PhotoArea[] = [],
): Promise<Picture> {
  const other = helper();
  if (!other) return draw(photo, longest, areas);
  const answer = await new Promise<{ picture?: Picture; failed?: string }>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data as { picture?: Picture; failed?: string });
    other.addEventListener('error', () => resolve({ failed: 'the worker did not start' }), { once: true });
    other.postMessage([photo, longest, areas.map((area) => ({ ...area }))], [port2]);
  });
  // What a worker cannot read, such as a format it lacks, the page may.
  return answer.picture ?? draw(photo, longest, areas);
}
