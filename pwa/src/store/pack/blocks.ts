/** A shape in a tile: its rings in units of the tile. */
export interface Drawn {
  type: number;
  geometry: unknown;
  tags: unknown;
}
type Place = [number, number];

const POLYGON = 3;
/** Units of a tile in a pixel of the screen, at the zoom of the tile: 4096 over 512. */
const PX = 8;
/** What is smaller, both ways, is no shape of its own to an eye or a finger. */
const SMALL = 4 * PX;
/** A block is drawn as finely as half a pixel. */
const CELL = PX / 2;
/** Units around a tile that are drawn with it, and cells across both. */
const AROUND = 64;
const ACROSS = (4096 + 2 * AROUND) / CELL;
/** To the next corner or cell: to the east, the south, the west, the north. */
const STEPS = [1, ACROSS + 1, -1, -ACROSS - 1] as const;
const BESIDE = [1, ACROSS, -1, -ACROSS] as const;

/**
 * Draws neighbours that are too small to tell apart as one block: ten thousand parcels on a phone are some blocks, in
 * the tiles that show all of them at once. A block is nobody's in particular, so it has no fields.
 */
export function inBlocks<T extends Drawn>(features: T[]): T[] {
  const kept: T[] = [];
  const cells = new Uint8Array(ACROSS * ACROSS);
  let first: T | null = null;
  for (const feature of features) {
    const box = feature.type === POLYGON ? boxOf(feature.geometry as Place[][]) : null;
    if (!box || box[2] - box[0] > SMALL || box[3] - box[1] > SMALL) {
      kept.push(feature);
      continue;
    }
    first ??= feature;
    const [w, n, e, s] = box.map((at) => Math.round((at + AROUND) / CELL)) as typeof box;
    for (let y = Math.max(0, n); y < Math.min(ACROSS, Math.max(s, n + 1)); y += 1)
      cells.fill(1, y * ACROSS + Math.max(0, w), y * ACROSS + Math.min(ACROSS, Math.max(e, w + 1)));
  }
  if (first)
    for (let cell = 0; cell < cells.length; cell += 1)
      if (cells[cell] === 1) kept.push({ ...first, tags: {}, geometry: outline(connected(cells, cell)) });
  return kept;
}

function boxOf(rings: Place[][]): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of rings.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** The cells that hang together with this one; they are taken out. */
function connected(cells: Uint8Array, from: number): Set<number> {
  const found = new Set([from]);
  cells[from] = 0;
  for (const cell of found) {
    const column = cell % ACROSS;
    for (const [way, step] of BESIDE.entries()) {
      const next = cell + step;
      const off = (way === 0 && column === ACROSS - 1) || (way === 2 && column === 0);
      if (off || cells[next] !== 1) continue;
      cells[next] = 0;
      found.add(next);
    }
  }
  return found;
}

/** The rings around cells: the outer one first, then those of the holes. */
function outline(block: Set<number>): Place[][] {
  // Sides between a cell and none, by the corner they leave from, with the block to their right.
  const sides = new Map<number, number[]>();
  for (const cell of block) {
    const corner = cell + Math.floor(cell / ACROSS);
    const corners = [corner, corner + 1, corner + ACROSS + 2, corner + ACROSS + 1];
    for (const [way, from] of corners.entries()) {
      const beyond = (way + 3) % 4;
      const column = cell % ACROSS;
      const edge = (beyond === 0 && column === ACROSS - 1) || (beyond === 2 && column === 0);
      if (!edge && block.has(cell + (BESIDE[beyond] ?? 0))) continue;
      const there = sides.get(from);
      if (there) there.push(way);
      else sides.set(from, [way]);
    }
  }
  const rings: { ring: Place[]; area: number }[] = [];
  for (const [begin, ways] of sides) {
    while (ways.length > 0) {
      const ring: Place[] = [];
      const start = ways.pop() ?? 0;
      let [corner, way] = [begin, start];
      let before = -1;
      for (;;) {
        if (way !== before) ring.push(placeOf(corner));
        before = way;
        corner += STEPS[way] ?? 0;
        const on = sides.get(corner) ?? [];
        // Where two cells touch at a corner the ring stays with its own.
        const own = on.indexOf((way + 1) % 4);
        if (on.length === 0 || (corner === begin && own < 0)) break;
        way = on.splice(Math.max(0, own), 1)[0] ?? 0;
      }
      // It may have begun halfway a side.
      if (way === start) ring.shift();
      rings.push({ ring: [...ring, ring[0] ?? [0, 0]], area: areaOf(ring) });
    }
  }
  return rings.sort((a, b) => b.area - a.area).map(({ ring }) => ring);
}

const placeOf = (corner: number): Place => [
  (corner % (ACROSS + 1)) * CELL - AROUND,
  Math.floor(corner / (ACROSS + 1)) * CELL - AROUND,
];

const areaOf = (ring: Place[]): number =>
  ring.reduce((sum, [x, y], at) => {
    const [nx, ny] = ring[(at + 1) % ring.length] ?? [x, y];
    return sum + x * ny - nx * y;
  }, 0) / 2;
