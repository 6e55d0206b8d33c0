import { describe, expect, it } from 'vitest';
import { namesOf } from './names';

describe('names along a line', () => {
  it('stand in its middle and follow it, left to right', () => {
    const [name] = namesOf([
      {
        name: 'Waardkanaal',
        line: [
          [5.01, 52.001],
          [5, 52],
        ],
      },
    ]);
    expect(name?.geometry.coordinates[0]).toBeCloseTo(5.005, 6);
    expect(name?.geometry.coordinates[1]).toBeCloseTo(52.0005, 6);
    // Up to the east, so turned against the clock.
    expect(name?.properties.angle).toBeCloseTo(-9.2, 1);
    expect(name?.properties.water).toBe(true);
  });
  it('are one name when tiles cut the line, and two when they lie apart', () => {
    const names = namesOf([
      {
        name: 'Spoor',
        line: [
          [5, 52],
          [5.002, 52],
        ],
      },
      {
        name: 'Spoor',
        line: [
          [5.0015, 52],
          [5.004, 52],
        ],
      },
      {
        name: 'Spoor',
        line: [
          [5.02, 52],
          [5.024, 52],
        ],
      },
    ]);
    expect(names.map(({ geometry }) => geometry.coordinates[0])).toEqual([5.002, 5.022]);
    expect(names[0]?.properties.water).toBe(false);
  });
});
