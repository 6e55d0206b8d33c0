import { describe, expect, it } from 'vitest';
import { grouped } from './groups';

const pin = (name: string, x: number, y: number, kind = 'PROBLEM') => ({ name, x, y, kind });
const names = (pins: ReturnType<typeof pin>[]): string[] =>
  grouped(pins).map((group) =>
    group
      .map(({ name }) => name)
      .sort()
      .join(''),
  );

describe('pins that stand in each other’s way', () => {
  it('share a pill when they are near, and stand alone when they are not', () => {
    expect(names([pin('a', 0, 0), pin('b', 20, 0), pin('c', 200, 0)])).toEqual(['ab', 'c']);
  });
  it('are taken in by a pill that would cover them', () => {
    // The pill of a and b is 82 px wide with its middle at 10; c stands right beside it, its head over the rim.
    expect(names([pin('a', 0, 0), pin('b', 20, 0, 'CHALLENGE'), pin('c', 50, 20)])).toEqual(['abc']);
    expect(names([pin('a', 0, 0), pin('b', 20, 0, 'CHALLENGE'), pin('c', 50, 90)])).toEqual(['ab', 'c']);
  });
  it('join two pills that would lie over each other', () => {
    expect(
      names([
        pin('a', 0, 0),
        pin('b', 20, 0, 'CHALLENGE'),
        pin('c', 70, 10),
        pin('d', 80, 10, 'OPPORTUNITY'),
      ]),
    ).toEqual(['abcd']);
  });
  it('loses nobody among a thousand', () => {
    const pins = Array.from({ length: 1000 }, (_, i) => pin(String(i), (i * 37) % 900, (i * 91) % 700));
    const groups = grouped(pins);
    expect(groups.flat()).toHaveLength(1000);
  });
});
