import { describe, expect, it } from 'vitest';
import { anchorOf, bboxOf, contains, distanceM, type Geometry } from './geo';
import { uuidv7 } from './id';
import { isCurrent, isOpen, needsReason, nextStates, proposeTheme, splitNote, STATES } from './issue';
import { companiesNear, issuesNear, spotAt, streetOf, type Company, type Plot } from './place';

const square: Geometry = {
  type: 'Polygon',
  coordinates: [
    [
      [5, 52],
      [5.01, 52],
      [5.01, 52.01],
      [5, 52.01],
      [5, 52],
    ],
    [
      [5.004, 52.004],
      [5.006, 52.004],
      [5.006, 52.006],
      [5.004, 52.006],
      [5.004, 52.004],
    ],
  ],
};

describe('states', () => {
  it('count as open only what nobody has taken up, and show what is taken up all the same', () => {
    expect(STATES.filter((state) => isOpen({ state }))).toEqual(['OPEN']);
    expect(STATES.filter((state) => isCurrent({ state }))).toEqual(['OPEN', 'TAKEN_UP']);
  });
});

describe('places', () => {
  it('measures a thousandth of a degree of latitude as 111 metres', () => {
    expect(distanceM([5, 52], [5, 52.001])).toBeCloseTo(111.2, 0);
  });
  it('counts a hole as outside', () => {
    expect(contains(square, [5.002, 52.002])).toBe(true);
    expect(contains(square, [5.005, 52.005])).toBe(false);
    expect(contains(square, [5.02, 52.005])).toBe(false);
  });
  it('anchors an area at its centroid and a line in its middle', () => {
    const [x, y] = anchorOf(square);
    expect(x).toBeCloseTo(5.005, 6);
    expect(y).toBeCloseTo(52.005, 6);
    expect(
      anchorOf({
        type: 'LineString',
        coordinates: [
          [5, 52],
          [5.001, 52],
          [5.004, 52],
        ],
      })[0],
    ).toBeCloseTo(5.002, 6);
  });
  it('boxes several shapes together', () => {
    expect(bboxOf(square, { type: 'Point', coordinates: [4, 53] })).toEqual([4, 52, 5.01, 53]);
    expect(bboxOf()).toBeNull();
  });
  it('finds the plot and the nearest address of a spot, and says when it is outside', () => {
    const plot: Plot = {
      id: 'p',
      terrainId: 't',
      key: 'X',
      section: 'C',
      number: '1204',
      areaM2: 1,
      geometry: square,
    };
    const address = (label: string, at: [number, number]) => ({
      id: label,
      terrainId: 't',
      label,
      street: 'Havenweg',
      houseNumber: 1,
      geometry: { type: 'Point', coordinates: at } as Geometry,
    });
    const spot = spotAt(
      [5.001, 52.001],
      null,
      [plot],
      [address('Havenweg 16', [5.0015, 52.001]), address('Havenweg 14', [5.0011, 52.001])],
    );
    expect(spot.plot?.id).toBe('p');
    expect(spot.address?.label).toBe('Havenweg 14');
    expect(spotAt([6, 52], null, [plot], [address('ver weg', [5, 52])]).address).toBeNull();
  });
  it('lists the companies on the plot first, then by distance', () => {
    const company = (id: string, at: [number, number]): Company => ({
      id,
      terrainId: 't',
      name: id,
      addressLabel: null,
      sbiCode: null,
      geometry: { type: 'Point', coordinates: at },
      mine: false,
    });
    const near = companiesNear(
      [5, 52],
      [company('far', [5.01, 52]), company('near', [5.001, 52]), company('here', [5.02, 52])],
      [{ id: 'o', terrainId: 't', companyId: 'here', plotId: 'p', kind: 'RENTS' }],
      'p',
    );
    expect(near.map(({ company: { id } }) => id)).toEqual(['here', 'near', 'far']);
  });
  it('knows the street of an address', () => {
    expect(streetOf('Oude Dijk 12a')).toBe('Oude Dijk');
    expect(streetOf('Kanaalpad')).toBeNull();
  });
});

describe('issues', () => {
  it('names itself after the first sentence of the note', () => {
    expect(splitNote('Lamp stuk. Al drie weken.')).toEqual({
      title: 'Lamp stuk',
      description: 'Al drie weken.',
    });
    expect(splitNote('  ')).toEqual({ title: null, description: null });
    expect(splitNote('Alleen dit')).toEqual({ title: 'Alleen dit', description: null });
  });
  it('shortens a long first sentence between words and keeps it whole in the description', () => {
    const note =
      'Vrachtwagens staan elke ochtend op het fietspad te wachten tot de poort van de haven opengaat';
    const { title, description } = splitNote(note);
    expect(title?.length).toBeLessThanOrEqual(80);
    expect(title?.endsWith('…')).toBe(true);
    expect(description).toBe(note);
  });
  it('proposes a theme from the note and none without a clue', () => {
    expect(proposeTheme('Vrachtwagens op het fietspad')).toBe('MOBILITY');
    expect(proposeTheme('Geen stroom meer te krijgen')).toBe('ENERGY');
    expect(proposeTheme('Hmm')).toBeNull();
  });
  it('asks why before it closes', () => {
    expect(needsReason('OPEN', 'SOLVED')).toBe(true);
    expect(needsReason('OPEN', 'TAKEN_UP')).toBe(false);
    expect(nextStates('SOLVED')).toEqual(['OPEN']);
  });
});

it('mints ids that are UUIDs of version 7 and differ', () => {
  const ids = new Set(Array.from({ length: 500 }, () => uuidv7()));
  expect(ids.size).toBe(500);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidv7(0x0190_0000_0000).startsWith('01900000-0000-7')).toBe(true);
});

describe('what was reported here already', () => {
  it('is near and still there to see, of the same kind first', () => {
    const at = (east: number, kind: 'PROBLEM' | 'OPPORTUNITY', state: 'OPEN' | 'SOLVED' = 'OPEN') => ({
      geometry: { type: 'Point', coordinates: [5 + east, 52] } as Geometry,
      kind,
      state,
    });
    // At this latitude a thousandth of a degree is 68 m.
    const [other, same, solved, far] = [
      at(0.0001, 'OPPORTUNITY'),
      at(0.0003, 'PROBLEM'),
      at(0, 'PROBLEM', 'SOLVED'),
      at(0.001, 'PROBLEM'),
    ];
    const near = issuesNear([5, 52], 'PROBLEM', [other, same, solved, far]);
    expect(near.map(({ issue }) => issue)).toEqual([same, other]);
    expect(near[0]?.metres).toBeCloseTo(20.5, 0);
  });
});
