import { describe, expect, it } from 'vitest';
import { distanceM, type Geometry, type Position } from './geo';
import { areaM2, lengthM, sizeOf } from './measure';
import { rdOf, readCoordinates, wgsOf } from './rd';
import { crosses, distanceToM, geometryOf, pointsOf, shifted, snapTo } from './sketch';

/** Spots at so many metres east and north of one on De Hooge Waard. */
const at = (east: number, north: number): Position => shifted([5.0825, 51.8045], east, north);

describe('Rijksdriehoek', () => {
  // As PostGIS converts them, by PROJ without the correction grid.
  const known: [string, [number, number], Position][] = [
    ['Amersfoort', [155_000, 463_000], [5.387203508, 52.155172301]],
    ['Amsterdam', [121_687, 487_484], [4.898009893, 52.374218164]],
    ['Maastricht', [176_135.08, 317_654.55], [5.687289361, 50.848338752]],
    ['Groningen', [233_883.131, 582_065.167], [6.56819774, 53.219381063]],
    ['Waardenburg', [136_002, 427_004], [5.111589932, 51.831311569]],
  ];
  it.each(known)('finds %s to the centimetre, both ways', (_, [x, y], there) => {
    expect(distanceM(wgsOf([x, y]), there)).toBeLessThan(0.02);
    const [east, north] = rdOf(there);
    expect(Math.hypot(east - x, north - y)).toBeLessThan(0.02);
  });
  it('lies within two decimetres of RDNAPTRANS with its grid', () => {
    expect(distanceM(wgsOf([155_000, 463_000]), [5.38720365, 52.15517289])).toBeLessThan(0.2);
  });
});

describe('typed coordinates', () => {
  const rd = wgsOf([133_984.34, 424_029.1]);
  it.each([
    '133984.34, 424029.10',
    '133984,34 424029,1',
    '133.984,34; 424.029,10',
    'X: 133984.34 Y: 424029.1',
    '133,984.34 424,029.10',
    '(424029.1 133984.34)',
  ])('reads %s as RD', (text) => {
    const read = readCoordinates(text);
    expect(read).toMatchObject({ system: 'RD' });
    if ('at' in read) expect(distanceM(read.at, rd)).toBeLessThan(0.02);
  });
  it.each([
    '51.8045, 5.0825',
    '51,8045 5,0825',
    '5.0825;51.8045',
    'lat 51.8045 lon 5.0825',
    '51.8045° N, 5.0825° O',
  ])('reads %s as degrees', (text) => {
    expect(readCoordinates(text)).toEqual({ system: 'WGS84', at: [5.0825, 51.8045] });
  });
  it.each(['', 'Havenweg 14', '51.8045', '1 2 3', '51.8x 5.1'])('does not guess at "%s"', (text) => {
    expect(readCoordinates(text)).toEqual({ error: 'UNREADABLE' });
  });
  it.each(['48.85, 2.35', '900000 100000', '133984 42', '0, 0'])('says that %s is elsewhere', (text) => {
    expect(readCoordinates(text)).toEqual({ error: 'ELSEWHERE' });
  });
});

describe('measures', () => {
  it('agree with the ellipsoid of PostGIS to a ten-thousandth', () => {
    const line: Position[] = [
      [5.08, 51.8],
      [5.09, 51.805],
    ];
    expect(Math.abs(lengthM(line) / 886.178 - 1)).toBeLessThan(1e-4);
    const ring: Position[] = [
      [5.08, 51.8],
      [5.09, 51.8],
      [5.09, 51.805],
      [5.08, 51.805],
    ];
    expect(Math.abs(areaM2(ring) / 383_747.247 - 1)).toBeLessThan(1e-4);
    expect(areaM2(ring.toReversed())).toBeCloseTo(areaM2(ring), 6);
  });
  it('leave holes out, and give nothing for a point', () => {
    const square = (r: number): Position[] => [at(-r, -r), at(r, -r), at(r, r), at(-r, r), at(-r, -r)];
    const size = sizeOf({ type: 'Polygon', coordinates: [square(20), square(10)] });
    expect(size && 'squareMetres' in size ? size.squareMetres : 0).toBeCloseTo(1200, -1);
    expect(sizeOf({ type: 'Point', coordinates: at(0, 0) })).toBeNull();
  });
  it('shift by metres', () => {
    const [x0, y0] = rdOf(at(0, 0));
    const [x1, y1] = rdOf(at(10, 0));
    expect(Math.hypot(x1 - x0, y1 - y0)).toBeCloseTo(10, 1);
  });
});

describe('a sketch', () => {
  const bend = [at(0, 0), at(30, 0), at(30, 30)];
  it('becomes a line or a closed area once it has the corners, and comes back as the same corners', () => {
    expect(geometryOf('AREA', bend.slice(0, 2))).toBeNull();
    const area = geometryOf('AREA', bend) as Geometry;
    expect(area.type === 'Polygon' && area.coordinates[0]?.length).toBe(4);
    expect(pointsOf(area)).toEqual({ shape: 'AREA', points: bend });
    expect(pointsOf(geometryOf('LINE', bend) as Geometry)).toEqual({ shape: 'LINE', points: bend });
  });
  it('crosses itself when a later side meets an earlier one', () => {
    expect(crosses(bend, false)).toBe(false);
    expect(crosses(bend, true)).toBe(false);
    expect(crosses([...bend, at(10, -10)], false)).toBe(true);
    // Open it does not, but the side that closes it does.
    const open = [at(0, 0), at(30, 0), at(0, 20), at(30, 20)];
    expect(crosses(open, false)).toBe(false);
    expect(crosses(open, true)).toBe(true);
  });
  it('does not run back over itself or stand still', () => {
    expect(crosses([at(0, 0), at(20, 0), at(5, 0)], false)).toBe(true);
    expect(crosses([at(0, 0), at(0, 0)], false)).toBe(true);
    expect(crosses([at(0, 0), at(20, 0), at(40, 0)], false)).toBe(false);
    expect(crosses([at(0, 0), at(20, 0), at(40, 0)], true)).toBe(true);
  });
});

describe('snapping', () => {
  const plot: Geometry = {
    type: 'Polygon',
    coordinates: [[at(0, 0), at(40, 0), at(40, 40), at(0, 40), at(0, 0)]],
  };
  it('takes a corner exactly as it stands, before the boundary that is nearer', () => {
    expect(snapTo(at(41.5, 0.4), [plot], 4)).toEqual({ at: at(40, 0), to: 'corner' });
  });
  it('takes the nearest spot on a boundary, and nothing out of reach', () => {
    const snapped = snapTo(at(20, 2), [plot], 4);
    expect(snapped?.to).toBe('edge');
    expect(snapped && distanceM(snapped.at, at(20, 0))).toBeLessThan(0.05);
    expect(snapTo(at(20, 9), [plot], 4)).toBeNull();
    expect(snapTo(at(20, 2), [], 4)).toBeNull();
  });
  it('measures to the nearest line of a shape', () => {
    expect(distanceToM(at(20, 6), { type: 'LineString', coordinates: [at(0, 0), at(40, 0)] })).toBeCloseTo(
      6,
      1,
    );
    expect(distanceToM(at(3, 4), { type: 'Point', coordinates: at(0, 0) })).toBeCloseTo(5, 1);
  });
});
