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
  it('are found among many points at once, whatever the order of the parts', () => {
    // Ten kilometres in a bow, a point each metre, cut in forty and shuffled.
    const bow = Array.from({ length: 10_000 }, (_, i): [number, number] => [
      5 + i * 1.46e-5,
      52 + 0.002 * Math.sin((i / 10_000) * Math.PI),
    ]);
    const parts = Array.from({ length: 40 }, (_, i) => bow.slice(i * 250, (i + 1) * 250)).sort(
      (a, b) => (((a[0]?.[0] ?? 0) * 1e7) % 7) - (((b[0]?.[0] ?? 0) * 1e7) % 7),
    );
    const began = performance.now();
    const names = namesOf(parts.map((line) => ({ name: 'Lange Vaart', line })));
    // All with all took a minute.
    expect(performance.now() - began).toBeLessThan(2000);
    expect(names).toHaveLength(1);
    expect(names[0]?.geometry.coordinates[0]).toBeCloseTo((5 + (bow.at(-1)?.[0] ?? 0)) / 2, 4);
  });
});
