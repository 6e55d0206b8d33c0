import { addProtocol } from 'maplibre-gl';
import { tilePath } from '../domain/tiles';
import { leave, tileFrom } from '../store/pack/client';

/** Tiles by the road below: from the server when there is reception, else from what was taken along. */
const ROAD = 'terrein';
export const roadTo = (layers: string): string => `${ROAD}:/${tilePath(layers, '{z}/{x}/{y}')}`;

/** Reception that takes longer than this is none. */
const PATIENCE_MS = 4000;
const PATH = /\/tiles\/([\w,]+)\/(\d+)\/(\d+)\/(\d+)$/;

export interface Source {
  /** Sent along with each question for a tile. */
  headers: Record<string, string>;
  /** The copy in which packs are; null for whoever looks with other eyes. */
  database: string | null;
  reachable: () => boolean;
}

let source: Source = { headers: {}, database: null, reachable: () => true };

/** Whose tiles are drawn from now on. */
export function drawFrom(next: Source): void {
  if (source.database && next.database !== source.database) leave();
  source = next;
}

function fromPack(path: string): Promise<ArrayBuffer | null> {
  const [, layers, z, x, y] = PATH.exec(path) ?? [];
  const { database } = source;
  return layers && database
    ? tileFrom(database, layers.split(','), Number(z), Number(x), Number(y))
    : Promise.resolve(null);
}

async function fromServer(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(path, { headers: source.headers, signal });
  if (response.status !== 200 && response.status !== 204) throw new Error(`${path}: ${response.status}`);
  return response.arrayBuffer();
}

addProtocol(ROAD, async ({ url }, { signal }) => {
  const path = url.slice(ROAD.length + 2);
  const reachable = source.reachable();
  const taken = reachable ? null : await fromPack(path);
  if (taken) return { data: taken };
  const sent = fromServer(path, signal);
  try {
    const first = await Promise.race([sent, later(PATIENCE_MS)]);
    if (first) return { data: first };
  } catch (error) {
    if (signal.aborted) throw error;
  }
  const other = reachable ? await fromPack(path) : null;
  // Without anything taken along there is nothing better than to wait.
  return { data: other ?? (await sent) };
});

const later = (ms: number): Promise<null> => new Promise((resolve) => setTimeout(resolve, ms, null));
