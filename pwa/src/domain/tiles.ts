import type { Bbox } from './geo';

/** The ground in tiles of one address, so that one request fills the map. */
export const GROUND = 'backdrop,terrain,plot,building,infrastructure';
export const ADDRESS = 'address';

/** The deepest tiles there are; what lies nearer is drawn from these. */
export const MOST_ZOOM = 16;
export const LEAST_ZOOM = 6;

export const tilePath = (layers: string, tile: string): string => `/tiles/${layers}/${tile}`;

/** A square of the map in web mercator, counted from the north-west. */
export interface Tile {
  z: number;
  x: number;
  y: number;
}

const RAD = Math.PI / 180;
const column = (lon: number, z: number): number => Math.floor(((lon + 180) / 360) * 2 ** z);
const row = (lat: number, z: number): number =>
  Math.floor(((1 - Math.asinh(Math.tan(lat * RAD)) / Math.PI) / 2) * 2 ** z);

/** The tiles of one zoom that a box touches. */
export function tilesAt([west, south, east, north]: Bbox, z: number): Tile[] {
  const tiles: Tile[] = [];
  for (let x = column(west, z); x <= column(east, z); x += 1)
    for (let y = row(north, z); y <= row(south, z); y += 1) tiles.push({ z, x, y });
  return tiles;
}

/**
 * All tiles of a box, coarse ones first. A zoom that would bring the number over `most` is left out with all that
 * are finer: what is coarser can be drawn in its place.
 */
export function tilesOf(box: Bbox, least: number, deepest: number, most: number): Tile[] {
  const tiles: Tile[] = [];
  for (let z = least; z <= deepest; z += 1) {
    const more = tilesAt(box, z);
    if (tiles.length + more.length > most) break;
    tiles.push(...more);
  }
  return tiles;
}
