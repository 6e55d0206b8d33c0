/** Longitude, latitude in degrees, WGS 84 (EPSG:4326). */
export type Position = [number, number];
/** West, south, east, north in degrees. */
export type Bbox = [number, number, number, number];

export type Geometry =
  | { type: 'Point'; coordinates: Position }
  | { type: 'MultiPoint' | 'LineString'; coordinates: Position[] }
  | { type: 'MultiLineString' | 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] };

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** Metres along the sphere; within 0.5 % of the ellipsoid, which is plenty for "35 m verderop". */
export function distanceM(a: Position, b: Position): number {
  const dLat = (b[1] - a[1]) * RAD;
  const dLon = (b[0] - a[0]) * RAD;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Seven decimals: about a centimetre, and what the graph speaks. */
export function rounded([lon, lat]: Position): Position {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}

function positions(geometry: Geometry): Position[] {
  switch (geometry.type) {
    case 'Point':
      return [geometry.coordinates];
    case 'MultiPoint':
    case 'LineString':
      return geometry.coordinates;
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.flat();
    case 'MultiPolygon':
      return geometry.coordinates.flat(2);
  }
}

/** The smallest box around all given shapes; null when there is nothing. */
export function bboxOf(...geometries: Geometry[]): Bbox | null {
  let box: Bbox | null = null;
  for (const [x, y] of geometries.flatMap(positions)) {
    box = box
      ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
      : [x, y, x, y];
  }
  return box;
}

/** The middle part of a box: `share` of its width and of its height. */
export function inner([west, south, east, north]: Bbox, share: number): Bbox {
  const [dx, dy] = [((east - west) * (1 - share)) / 2, ((north - south) * (1 - share)) / 2];
  return [west + dx, south + dy, east - dx, north - dy];
}

/** Area centroid of a ring in degrees; its first point when the ring has no area. */
function ringCentroid(ring: Position[]): Position {
  const origin = ring[0] ?? [0, 0];
  let area = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    // Relative to the first point: full degrees would cancel away the small differences.
    const [ax, ay] = minus(ring[i] as Position, origin);
    const [bx, by] = minus(ring[i + 1] as Position, origin);
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area === 0 ? origin : [origin[0] + x / (3 * area), origin[1] + y / (3 * area)];
}

const minus = (a: Position, b: Position): Position => [a[0] - b[0], a[1] - b[1]];

/** Where a pin or label for this shape stands: the point, the middle of a line, the centroid of the outer ring. */
export function anchorOf(geometry: Geometry): Position {
  switch (geometry.type) {
    case 'Point':
      return geometry.coordinates;
    case 'MultiPoint':
      return geometry.coordinates[0] ?? [0, 0];
    case 'LineString':
      return middleOf(geometry.coordinates);
    case 'MultiLineString':
      return middleOf(geometry.coordinates[0] ?? []);
    case 'Polygon':
      return ringCentroid(geometry.coordinates[0] ?? []);
    case 'MultiPolygon': {
      const largest = [...geometry.coordinates].sort((a, b) => extent(b[0]) - extent(a[0]))[0];
      return ringCentroid(largest?.[0] ?? []);
    }
  }
}

function extent(ring: Position[] | undefined): number {
  const box = ring ? bboxOf({ type: 'LineString', coordinates: ring }) : null;
  return box ? (box[2] - box[0]) * (box[3] - box[1]) : 0;
}

function middleOf(line: Position[]): Position {
  const total = line.reduce((sum, point, i) => sum + (i ? distanceM(line[i - 1] as Position, point) : 0), 0);
  let walked = 0;
  for (let i = 1; i < line.length; i += 1) {
    const a = line[i - 1] as Position;
    const b = line[i] as Position;
    const step = distanceM(a, b);
    if (walked + step >= total / 2 && step > 0) {
      const t = (total / 2 - walked) / step;
      return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    }
    walked += step;
  }
  return line[0] ?? [0, 0];
}

function inRing([x, y]: Position, ring: Position[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [ax, ay] = ring[i] as Position;
    const [bx, by] = ring[j] as Position;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Whether a point lies in an area; false for points and lines. Holes count as outside. */
export function contains(geometry: Geometry, point: Position): boolean {
  const polygons =
    geometry.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates
        : [];
  return polygons.some(
    ([outer, ...holes]) => outer && inRing(point, outer) && !holes.some((hole) => inRing(point, hole)),
  );
}
