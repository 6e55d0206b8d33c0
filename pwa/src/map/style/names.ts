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
  const whole: NamedLine[] = [];
  for (const { name, line } of lines) {
    let joined = [...line];
    for (let other = partOf(whole, name, joined); other; other = partOf(whole, name, joined)) {
      whole.splice(whole.indexOf(other), 1);
      joined = joined.concat(other.line);
    }
    whole.push({ name, line: joined });
  }
  return whole
    .flatMap(({ name, line }) => {
      const ends = farthest(line);
      return ends ? [feature(name, ends)] : [];
    })
    .sort((a, b) => a.properties.name.localeCompare(b.properties.name));
}

const partOf = (
  whole: readonly NamedLine[],
  name: string,
  line: readonly Position[],
): NamedLine | undefined =>
  whole.find(
    (other) =>
      other.name === name && other.line.some((there) => line.some((here) => distanceM(here, there) < PART_M)),
  );

function farthest(line: readonly Position[]): [Position, Position] | null {
  let found: [Position, Position] | null = null;
  let most = 0;
  for (const [i, a] of line.entries())
    for (const b of line.slice(i + 1)) {
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
