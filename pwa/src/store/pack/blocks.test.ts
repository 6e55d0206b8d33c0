import { describe, expect, it } from 'vitest';
import { inBlocks } from './blocks';

const square = (x: number, y: number, side: number) => ({
  type: 3,
  tags: { id: `plot:${x}-${y}` },
  geometry: [
    [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
      [x, y],
    ],
  ],
});

describe('shapes too small to tell apart', () => {
  it('are one block with its neighbours, and what is larger stays as it is', () => {
    const large = square(1000, 1000, 200);
    const parcels = [0, 20, 40].flatMap((x) => [0, 20].map((y) => square(x, y, 20)));
    expect(inBlocks([large, ...parcels])).toEqual([
      large,
      {
        type: 3,
        tags: {},
        geometry: [
          [
            [0, 0],
            [60, 0],
            [60, 40],
            [0, 40],
            [0, 0],
          ],
        ],
      },
    ]);
  });

  it('are drawn around what lies open between them, and apart where nothing joins them', () => {
    const places = [0, 20, 40].flatMap((x) => [0, 20, 40].map((y) => [x, y] as const));
    const around = places.filter(([x, y]) => x !== 20 || y !== 20).map(([x, y]) => square(x, y, 20));
    const [block, apart, ...more] = inBlocks([...around, square(60, 60, 20)]);
    expect(more).toEqual([]);
    const [outer, hole] = block?.geometry ?? [];
    expect(outer).toHaveLength(5);
    expect(hole).toHaveLength(5);
    expect(hole).toContainEqual([20, 20]);
    expect(apart?.geometry).toHaveLength(1);
    expect(apart?.geometry[0]).toContainEqual([80, 80]);
  });

  it('never vanish, however small, and are cut off with the tile', () => {
    const [speck] = inBlocks([square(2000, 2000, 1)]);
    expect(speck?.geometry[0]).toEqual([
      [2000, 2000],
      [2004, 2000],
      [2004, 2004],
      [2000, 2004],
      [2000, 2000],
    ]);
    const [edge] = inBlocks([square(4150, 4150, 20)]);
    expect(edge?.geometry[0]).toContainEqual([4160, 4160]);
  });

  it('stay with their own where two of a block touch at a corner', () => {
    const ring = [
      [0, 0],
      [20, 0],
      [40, 0],
      [0, 20],
      [20, 40],
      [40, 20],
      [0, 40],
    ].map(([x = 0, y = 0]) => square(x, y, 20));
    const blocks = inBlocks(ring);
    expect(blocks.flatMap(({ geometry }) => geometry)).not.toEqual([]);
    for (const { geometry } of blocks) for (const line of geometry) expect(line.at(0)).toEqual(line.at(-1));
  });
});
