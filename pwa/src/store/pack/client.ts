/** The tiles of a pack as they are drawn beforehand. */
export const DRAWN = 'drawn.tiles';

/** What the worker is asked: a tile, to draw all tiles of a terrain, or to have a terrain open before its tiles are asked for. */
export interface Asked {
  number: number;
  database: string;
  tile?: { layers: string[]; z: number; x: number; y: number };
  bake?: string;
  open?: string;
}
interface Answered {
  number: number;
  tile: ArrayBuffer | null;
  baked: boolean;
}

let worker: { database: string; at: Worker } | null = null;
let asked = 0;
const waiting = new Map<number, (answer: Omit<Answered, 'number'>) => void>();

function workerOf(database: string): Worker {
  if (worker?.database !== database) leave();
  if (!worker) {
    const at = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    at.onmessage = ({ data }: MessageEvent<Answered>) => {
      waiting.get(data.number)?.(data);
      waiting.delete(data.number);
    };
    worker = { database, at };
  }
  return worker.at;
}

/** Ends the worker of another person's copy; who waited for it gets nothing. */
export function leave(): void {
  worker?.at.terminate();
  worker = null;
  for (const resolve of waiting.values()) resolve({ tile: null, baked: false });
  waiting.clear();
}

function ask(question: Omit<Asked, 'number'>): Promise<Omit<Answered, 'number'>> {
  asked += 1;
  const number = asked;
  const at = workerOf(question.database);
  const answer = new Promise<Omit<Answered, 'number'>>((resolve) => waiting.set(number, resolve));
  at.postMessage({ number, ...question });
  return answer;
}

/** Has a terrain open before the first of its tiles is asked for. */
export const openSoon = (database: string, terrainId: string): unknown => ask({ database, open: terrainId });

/** A tile of several layers from the packs of this copy; null when none of them has it. */
export async function tileFrom(
  database: string,
  layers: string[],
  z: number,
  x: number,
  y: number,
): Promise<ArrayBuffer | null> {
  return (await ask({ database, tile: { layers, z, x, y } })).tile;
}

/** Draws the tiles of a pack again when what is drawn of it has changed; true when they were. */
export const bake = async (database: string, terrainId: string): Promise<boolean> =>
  (await ask({ database, bake: terrainId })).baked;
