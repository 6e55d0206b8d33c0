import { distanceM, type Position } from '../../domain/geo';

/** A name as the source has it: along a line, which a tile may have cut in two. */
export interface NamedLine {
  name: string;
  line: Position[];
}

/** A name with one place and one direction, so that it stands at every zoom; a line of text needs a line as long. */
export interface NameFeature {
  type: 'Feature';
  geometry: { type: 'Point'; coordinates: Position };
  /** `angle`: degrees clockwise from level, never upside down. */
  properties: { name: string; angle: number; water: boolean };
}

export interface Names {
  type: 'FeatureCollection';
  features: NameFeature[];
}

/** Parts of one line lie against each other or overlap a little; the same name further on is another label. */
const PART_M = 100;
/** Words that Dutch waters are called by. */
const WATERS = /kanaal|haven|vaart|beek|gracht|sloot|wetering|plas/i;

/** One place per name on the ground: the parts of a line that tiles cut are put together again. */
export function namesOf(lines: readonly NamedLine[]): NameFeature[] {
  const named = new Map<string, Position[][]>();
  for (const { name, line } of lines) {
    const there = named.get(name);
    if (there) there.push(line);
    else named.set(name, [line]);
  }
  return [...named]
    .flatMap(([name, parts]) =>
      joined(parts).flatMap((line) => {
        const ends = farthest(line);
        return ends ? [feature(name, ends)] : [];
      }),
    )
    .sort((a, b) => a.properties.name.localeCompare(b.properties.name));
}

const DEGREE_M = 111_195;
/** Wider than the reach of a part, so that what lies within reach is in the same square or in one beside it. */
const SQUARE_M = 1.25 * PART_M;

/** Lines that lie against each other, as one. Each point is held only against those in the squares around it. */
function joined(lines: Position[][]): Position[][] {
  const group = lines.map((_, i) => i);
  const of = (line: number): number => {
    let at = line;
    while (group[at] !== at) at = group[at] = group[group[at] as number] as number;
    return at;
  };
  const narrowing = Math.cos(((lines[0]?.[0]?.[1] ?? 0) * Math.PI) / 180);
  const squares = new Map<string, { at: Position; line: number }[]>();
  for (const [line, points] of lines.entries())
    for (const at of points) {
      const x = Math.floor((at[0] * DEGREE_M * narrowing) / SQUARE_M);
      const y = Math.floor((at[1] * DEGREE_M) / SQUARE_M);
      for (let column = x - 1; column <= x + 1; column += 1)
        for (let row = y - 1; row <= y + 1; row += 1)
          for (const there of squares.get(`${column} ${row}`) ?? []) {
            const [mine, other] = [of(line), of(there.line)];
            if (mine !== other && distanceM(at, there.at) < PART_M)
              group[Math.max(mine, other)] = Math.min(mine, other);
          }
      const own = squares.get(`${x} ${y}`);
      if (own) own.push({ at, line });
      else squares.set(`${x} ${y}`, [{ at, line }]);
    }
  const whole = new Map<number, Position[]>();
  for (const [line, points] of lines.entries()) {
    const there = whole.get(of(line));
    if (there) there.push(...points);
    else whole.set(of(line), [...points]);
  }
  return [...whole.values()];
}

/** Directions in which a line is measured: the two ends found lie at most a thousandth nearer than the farthest. */
const DIRECTIONS = 32;

function farthest(line: readonly Position[]): [Position, Position] | null {
  const [first] = line;
  if (!first) return null;
  const narrowing = Math.cos((first[1] * Math.PI) / 180);
  let found: [Position, Position] | null = null;
  let most = 0;
  for (let k = 0; k < DIRECTIONS; k += 1) {
    const [east, north] = [
      Math.cos((k * Math.PI) / DIRECTIONS) * narrowing,
      Math.sin((k * Math.PI) / DIRECTIONS),
    ];
    let [a, b] = [first, first];
    let [least, furthest] = [Infinity, -Infinity];
    for (const at of line) {
      const along = at[0] * east + at[1] * north;
      if (along < least) [least, a] = [along, at];
      if (along > furthest) [furthest, b] = [along, at];
    }
    const metres = distanceM(a, b);
    if (metres > most) [found, most] = [[a, b], metres];
  }
  return found;
}

function feature(name: string, [a, b]: [Position, Position]): NameFeature {
  const [west, east] = a[0] < b[0] ? [a, b] : [b, a];
  const narrowing = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
  const angle = (-Math.atan2(east[1] - west[1], (east[0] - west[0]) * narrowing) * 180) / Math.PI;
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] },
    properties: { name, angle: Math.round(angle * 10) / 10, water: WATERS.test(name) },
  };
}
