import type { Geometry, Position } from './geo';

const A = 6_378_137;
const E2 = 0.00669438;
const RAD = Math.PI / 180;

/** Metres to a degree of longitude and of latitude, on the ellipsoid. */
export function metresPerDegree(lat: number): Position {
  const w = 1 - E2 * Math.sin(lat * RAD) ** 2;
  return [(A * Math.cos(lat * RAD) * RAD) / Math.sqrt(w), (A * (1 - E2) * RAD) / w ** 1.5];
}

/** Metres along a line; of a kilometre right to within a decimetre. */
export function lengthM(line: readonly Position[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1] as Position, line[i] as Position];
    const [mx, my] = metresPerDegree((a[1] + b[1]) / 2);
    sum += Math.hypot((b[0] - a[0]) * mx, (b[1] - a[1]) * my);
  }
  return sum;
}

/** Square metres within a ring, whichever way round it goes. */
export function areaM2(ring: readonly Position[]): number {
  const [first] = ring;
  if (!first) return 0;
  const lat = ring.reduce((sum, [, y]) => sum + y, 0) / ring.length;
  const [mx, my] = metresPerDegree(lat);
  let sum = 0;
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length] as Position;
    sum += (ax - first[0]) * (by - first[1]) - (bx - first[0]) * (ay - first[1]);
  });
  return (Math.abs(sum) / 2) * mx * my;
}

/** How long a line is or how large an area, holes left out; null for a point. */
export function sizeOf(geometry: Geometry): { metres: number } | { squareMetres: number } | null {
  const area = ([outer = [], ...holes]: Position[][]): number =>
    areaM2(outer) - holes.reduce((sum, hole) => sum + areaM2(hole), 0);
  switch (geometry.type) {
    case 'LineString':
      return { metres: lengthM(geometry.coordinates) };
    case 'MultiLineString':
      return { metres: geometry.coordinates.reduce((sum, line) => sum + lengthM(line), 0) };
    case 'Polygon':
      return { squareMetres: area(geometry.coordinates) };
    case 'MultiPolygon':
      return { squareMetres: geometry.coordinates.reduce((sum, part) => sum + area(part), 0) };
    default:
      return null;
  }
}
