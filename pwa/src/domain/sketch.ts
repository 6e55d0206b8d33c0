import { bboxOf, contains, rounded, type Geometry, type Position } from './geo';
import { metresPerDegree } from './measure';
import type { Spot, Terrain } from './place';

/** What a pin can be: a spot, a line along something, or an area. */
export const SHAPES = ['POINT', 'LINE', 'AREA'] as const;
export type Shape = (typeof SHAPES)[number];

/** Corners an unfinished line or area needs before it is one. */
export const LEAST: Record<Shape, number> = { POINT: 1, LINE: 2, AREA: 3 };
/** More than anybody draws by hand, and far below what the server takes. */
export const MOST = 200;

/** The corners as a shape; null as long as there are too few. An area is closed here, its corners are each there once. */
export function geometryOf(shape: Shape, points: readonly Position[]): Geometry | null {
  if (points.length < LEAST[shape]) return null;
  const corners = points.map(rounded);
  switch (shape) {
    case 'POINT':
      return { type: 'Point', coordinates: corners[0] as Position };
    case 'LINE':
      return { type: 'LineString', coordinates: corners };
    case 'AREA':
      return { type: 'Polygon', coordinates: [[...corners, corners[0] as Position]] };
  }
}

/** The corners of a shape that can be changed by hand; null for one of several parts or with holes. */
export function pointsOf(geometry: Geometry): { shape: Shape; points: Position[] } | null {
  switch (geometry.type) {
    case 'Point':
      return { shape: 'POINT', points: [geometry.coordinates] };
    case 'LineString':
      return { shape: 'LINE', points: geometry.coordinates };
    case 'Polygon':
      return geometry.coordinates.length === 1
        ? { shape: 'AREA', points: (geometry.coordinates[0] as Position[]).slice(0, -1) }
        : null;
    default:
      return null;
  }
}

/** Whether nothing of a shape that has `spot` in its middle lies on the terrain. */
export const isOutside = (spot: Spot, geometry: Geometry, terrain: Terrain | null): boolean =>
  spot.outside && !(pointsOf(geometry)?.points ?? []).some((at) => terrain && contains(terrain.geometry, at));

type Segment = [Position, Position];

function segments(points: readonly Position[], closed: boolean): Segment[] {
  const pairs = points.slice(1).map((to, i): Segment => [points[i] as Position, to]);
  return closed && points.length > 2
    ? [...pairs, [points[points.length - 1] as Position, points[0] as Position]]
    : pairs;
}

const side = ([ax, ay]: Position, [bx, by]: Position, [px, py]: Position): number =>
  Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];
const between = ([a, b]: Segment, p: Position): boolean =>
  Math.min(a[0], b[0]) <= p[0] &&
  p[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= p[1] &&
  p[1] <= Math.max(a[1], b[1]);

function meet(one: Segment, other: Segment): boolean {
  const [a, b] = one;
  const [c, d] = other;
  const [s1, s2, s3, s4] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (s1 !== s2 && s3 !== s4) return true;
  return (
    (s1 === 0 && between(one, c)) ||
    (s2 === 0 && between(one, d)) ||
    (s3 === 0 && between(other, a)) ||
    (s4 === 0 && between(other, b))
  );
}

/** Whether two that share a corner lie on top of each other. */
function foldedBack([a, corner]: Segment, [, b]: Segment): boolean {
  return (
    side(a, corner, b) === 0 &&
    (a[0] - corner[0]) * (b[0] - corner[0]) + (a[1] - corner[1]) * (b[1] - corner[1]) > 0
  );
}

/** Whether a line or outline crosses, touches or runs back over itself, or has the same corner twice. */
export function crosses(points: readonly Position[], closed: boolean): boolean {
  const all = segments(points, closed);
  if (all.some(([a, b]) => same(a, b))) return true;
  return all.some((one, i) =>
    all.slice(i + 1).some((other, k) => {
      if (k === 0) return foldedBack(one, other);
      if (closed && all.length === points.length && i === 0 && k === all.length - 2)
        return foldedBack(other, one);
      return meet(one, other);
    }),
  );
}

/** The nearest spot to `at` on a piece of line, and how far that is in metres. */
function onSegment(at: Position, [a, b]: Segment): { at: Position; metres: number } {
  const [mx, my] = metresPerDegree(at[1]);
  const [dx, dy] = [(b[0] - a[0]) * mx, (b[1] - a[1]) * my];
  const [px, py] = [(at[0] - a[0]) * mx, (at[1] - a[1]) * my];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
  return {
    at: [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t],
    metres: Math.hypot(px - dx * t, py - dy * t),
  };
}

/** All lines of a shape: of an area its outlines, of a point the point. */
function linesOf(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case 'Point':
      return [[geometry.coordinates, geometry.coordinates]];
    case 'MultiPoint':
      return geometry.coordinates.map((at) => [at, at]);
    case 'LineString':
      return [geometry.coordinates];
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates;
    case 'MultiPolygon':
      return geometry.coordinates.flat();
  }
}

/** Whether a spot lies within a shape's box, or no farther than `reach` metres from it. */
function within(at: Position, geometry: Geometry, reach: number): boolean {
  const [mx, my] = metresPerDegree(at[1]);
  const box = bboxOf(geometry);
  return (
    box !== null &&
    at[0] >= box[0] - reach / mx &&
    at[0] <= box[2] + reach / mx &&
    at[1] >= box[1] - reach / my &&
    at[1] <= box[3] + reach / my
  );
}

/** Metres from a spot to the nearest of a shape's lines; what is surely farther than `reach` is told as infinite. */
export function distanceToM(at: Position, geometry: Geometry, reach = Infinity): number {
  if (!within(at, geometry, reach)) return Infinity;
  let least = Infinity;
  for (const line of linesOf(geometry))
    for (const piece of segments(line, false)) least = Math.min(least, onSegment(at, piece).metres);
  return least;
}

export interface Snap {
  at: Position;
  to: 'corner' | 'edge';
}

/**
 * What a spot clings to within `reach` metres: a corner of a boundary, exactly as it stands in the data, or else the
 * nearest spot on a boundary.
 */
export function snapTo(at: Position, boundaries: readonly Geometry[], reach: number): Snap | null {
  const [mx, my] = metresPerDegree(at[1]);
  let corner: { at: Position; metres: number } | null = null;
  let edge: { at: Position; metres: number } | null = null;
  for (const boundary of boundaries) {
    if (!within(at, boundary, reach)) continue;
    for (const line of linesOf(boundary))
      for (const piece of segments(line, false)) {
        const metres = Math.hypot((piece[0][0] - at[0]) * mx, (piece[0][1] - at[1]) * my);
        if (metres <= reach && metres < (corner?.metres ?? Infinity)) corner = { at: piece[0], metres };
        const near = onSegment(at, piece);
        if (near.metres <= reach && near.metres < (edge?.metres ?? Infinity)) edge = near;
      }
  }
  if (corner) return { at: corner.at, to: 'corner' };
  return edge ? { at: rounded(edge.at), to: 'edge' } : null;
}

/** So many metres to the east and to the north. */
export function shifted([lon, lat]: Position, east: number, north: number): Position {
  const [mx, my] = metresPerDegree(lat);
  return rounded([lon + east / mx, lat + north / my]);
}
