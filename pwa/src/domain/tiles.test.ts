import { describe, expect, it } from 'vitest';
import type { Bbox } from './geo';
import { tilesAt, tilesOf } from './tiles';

const PARK: Bbox = [5.0734, 51.7995, 5.0918, 51.8093];

describe('tiles of a terrain', () => {
  it('are those that the box touches', () => {
    expect(tilesAt(PARK, 6)).toEqual([{ z: 6, x: 32, y: 21 }]);
    const street = tilesAt(PARK, 16);
    expect(street).toHaveLength(16);
    expect(street[0]).toEqual({ z: 16, x: 33691, y: 21703 });
  });
  it('stop at the zoom that would make them too many, so that what is coarser is whole', () => {
    const some = tilesOf(PARK, 6, 16, 25);
    expect(some.length).toBeLessThanOrEqual(25);
    const deepest = Math.max(...some.map(({ z }) => z));
    expect(deepest).toBeLessThan(16);
    expect(some.filter(({ z }) => z === deepest)).toHaveLength(tilesAt(PARK, deepest).length);
  });
});
