import { describe, expect, it } from 'vitest';
import type { Position } from './geo';
import type { Company, Infrastructure, Plot } from './place';
import { belongs, gpxOf, routeM, type RoutePoint } from './route';
import { dayOf, daysLater } from './day';
import { newestAnswers, spokenOn, type Observation, type Promised } from './talk';
import { coverageOf, nextCompanies, promisesDue, questsNear, type Ground } from './walk';

const TODAY = '2026-11-25';
/** So many metres north of where the walker stands. */
const north = (metres: number): Position => [5, 52 + metres / 111_195];
const here = north(0);
const company = (name: string, metres: number | null, change: Partial<Company> = {}): Company => ({
  id: `company:${name}`,
  terrainId: 'terrain:1',
  name,
  addressLabel: `Havenweg ${name.length}`,
  sbiCode: '2361',
  geometry: metres === null ? null : { type: 'Point', coordinates: north(metres) },
  mine: false,
  ...change,
});
const yes = { allowed: true, reason: null };
const promise = (
  id: string,
  dueOn: string,
  metres: number | null,
  change: Partial<Promised> = {},
): Promised => ({
  id,
  terrainId: 'terrain:1',
  conversationId: null,
  issueId: null,
  companyId: null,
  text: id,
  ownedBy: 'US',
  dueOn,
  doneAt: null,
  geometry: metres === null ? null : { type: 'Point', coordinates: north(metres) },
  version: 1,
  viewerCan: { keep: yes, withdraw: yes },
  ...change,
});
const seen = (
  subjectId: string,
  question: Observation['question'],
  seenAt: string,
  answer = 'YES',
): Observation => ({
  id: `observation:${seenAt}`,
  terrainId: 'terrain:1',
  subjectId,
  question,
  answer,
  seenAt,
  mine: true,
});

describe('days', () => {
  it('count over months and years', () => {
    expect(daysLater('2026-12-28', 7)).toBe('2027-01-04');
    expect(daysLater('2026-03-01', -1)).toBe('2026-02-28');
    expect(dayOf(new Date(2026, 10, 5, 0, 1))).toBe('2026-11-05');
  });
});

describe('whom to speak to next', () => {
  const names = (spoken: Map<string, string>, at: Position | null = here): string[] =>
    nextCompanies(
      [company('ver', 400), company('nabij', 40), company('zonder', null)],
      spoken,
      at,
      TODAY,
    ).map((next) => next.company.name);
  it('is the nearest that was never spoken to', () => {
    expect(names(new Map())).toEqual(['nabij', 'ver', 'zonder']);
    expect(names(new Map(), north(390))).toEqual(['ver', 'nabij', 'zonder']);
  });
  it('comes before who was spoken to long ago, and leaves out who was lately', () => {
    expect(names(new Map([['company:nabij', '2025-02-01']]))).toEqual(['ver', 'zonder', 'nabij']);
    expect(names(new Map([['company:nabij', '2026-11-20']]))).toEqual(['ver', 'zonder']);
  });
  it('goes without a place in the order of the street', () => {
    const street = [
      company('b', 1, { addressLabel: 'Havenweg 10' }),
      company('a', 2, { addressLabel: 'Havenweg 9' }),
    ];
    expect(nextCompanies(street, new Map(), null, TODAY).map((next) => next.company.name)).toEqual([
      'a',
      'b',
    ]);
  });
  it('counts the last talk of several', () => {
    const talks = ['2025-01-01', '2026-10-01', '2026-02-01'].map((heldOn) => ({
      companyId: 'company:a',
      heldOn,
    }));
    expect(spokenOn([...talks, { companyId: null, heldOn: TODAY }])).toEqual(
      new Map([['company:a', '2026-10-01']]),
    );
  });
});

describe('who has been spoken to', () => {
  it('stands with who never was first, and says when and how often', () => {
    const talks = [
      ['a', '2026-11-01'],
      ['a', '2026-10-01'],
      ['b', '2025-01-01'],
    ].map(([name, heldOn]) => ({ companyId: `company:${name}`, heldOn: heldOn as string }));
    const rows = coverageOf([company('a', 1), company('b', 2), company('c', 3)], talks, TODAY);
    expect(
      rows.map(({ company: { name }, since, lastSpokenOn, times }) => [name, since, lastSpokenOn, times]),
    ).toEqual([
      ['c', 'never', null, 0],
      ['b', 'long-ago', '2025-01-01', 1],
      ['a', 'lately', '2026-11-01', 2],
    ]);
  });
});

describe('questions on the spot', () => {
  const plot = (id: string): Plot => ({
    id,
    terrainId: 'terrain:1',
    key: '',
    section: 'C',
    number: '1',
    areaM2: 1,
    geometry: { type: 'Point', coordinates: north(30) },
  });
  const lamp = (id: string, metres: number, kind: Infrastructure['kind'] = 'LAMP'): Infrastructure => ({
    id,
    terrainId: 'terrain:1',
    kind,
    name: null,
    geometry: { type: 'Point', coordinates: north(metres) },
  });
  const ground: Ground = {
    companies: [company('nabij', 20), company('ver', 900), company('stil', 25, { sbiCode: null })],
    occupancies: [
      { id: 'o', terrainId: 'terrain:1', companyId: 'company:nabij', plotId: 'plot:vol', kind: 'OWNS' },
    ],
    buildings: [{ id: 'building:1', terrainId: 'terrain:1', at: north(50), uses: [] }],
    plots: [plot('plot:vol'), plot('plot:leeg')],
    infrastructure: [lamp('lamp:3', 60), lamp('lamp:1', 5), lamp('lamp:2', 10), lamp('cable:1', 1, 'CABLE')],
  };
  const ids = (observations: Observation[] = [], skipped?: Set<string>): string[] =>
    questsNear(ground, observations, here, TODAY, skipped).map(({ id }) => id);
  it('are asked nearest first, two of a kind, of what is in sight and is not known', () => {
    expect(ids()).toEqual([
      'lamp:1 INFRASTRUCTURE_CONDITION',
      'lamp:2 INFRASTRUCTURE_CONDITION',
      'company:nabij COMPANY_PRESENT',
      'company:stil COMPANY_ACTIVITY',
      'company:stil COMPANY_PRESENT',
      'plot:leeg PLOT_USE',
      'building:1 BUILDING_USE',
    ]);
  });
  it('are not asked again within a year of the newest answer, or when they were skipped', () => {
    const lately = [seen('lamp:1', 'INFRASTRUCTURE_CONDITION', '2026-03-01T09:00:00Z', 'GOOD')];
    expect(ids(lately)).not.toContain('lamp:1 INFRASTRUCTURE_CONDITION');
    expect(ids(lately)).toContain('lamp:3 INFRASTRUCTURE_CONDITION');
    expect(ids([seen('lamp:1', 'INFRASTRUCTURE_CONDITION', '2025-03-01T09:00:00Z')])).toContain(
      'lamp:1 INFRASTRUCTURE_CONDITION',
    );
    expect(ids([], new Set(['plot:leeg PLOT_USE']))).not.toContain('plot:leeg PLOT_USE');
  });
  it('have the newest answer, whatever the order they came in', () => {
    const both = [
      seen('lamp:1', 'INFRASTRUCTURE_CONDITION', '2026-03-02T09:00:00Z', 'BROKEN'),
      seen('lamp:1', 'INFRASTRUCTURE_CONDITION', '2026-03-01T09:00:00Z', 'GOOD'),
    ];
    expect(newestAnswers(both).get('lamp:1 INFRASTRUCTURE_CONDITION')?.answer).toBe('BROKEN');
  });
  it('are there without a place too', () => {
    expect(questsNear(ground, [], null, TODAY).length).toBeGreaterThan(4);
  });
});

describe('promises that are due', () => {
  const ids = (promises: Promised[], at: Position | null = here): string[] =>
    promisesDue(promises, [company('nabij', 20)], at, TODAY).map((due) => due.promise.id);
  it('are those here first, then what is due within a week by its day', () => {
    expect(
      ids([
        promise('later', '2027-05-01', 900),
        promise('week', '2026-12-01', 900),
        promise('gisteren', '2026-11-24', null),
        promise('hier', '2027-05-01', 30),
        promise('gedaan', '2026-11-24', 10, { doneAt: '2026-11-24T10:00:00Z' }),
      ]),
    ).toEqual(['hier', 'gisteren', 'week']);
  });
  it('stand where their company is when nothing else is known', () => {
    const [due] = promisesDue(
      [promise('a', '2026-11-20', null, { companyId: 'company:nabij' })],
      [company('nabij', 20)],
      here,
      TODAY,
    );
    expect(Math.round(due?.metres ?? 0)).toBe(20);
    expect(due?.late).toBe(true);
  });
});

describe('the route', () => {
  const point = (metres: number, seconds: number, accuracyM = 5): RoutePoint => ({
    at: north(metres),
    accuracyM,
    time: seconds * 1000,
  });
  it('takes up where somebody went', () => {
    expect(belongs(null, point(0, 0))).toBe(true);
    expect(belongs(point(0, 0), point(10, 8))).toBe(true);
  });
  it('leaves out what is vague, still, out of order or too fast to be true', () => {
    expect(belongs(null, point(0, 0, 80))).toBe(false);
    expect(belongs(point(0, 0), point(3, 8))).toBe(false);
    expect(belongs(point(0, 0), point(8, 8, 30))).toBe(false);
    expect(belongs(point(0, 10), point(20, 8))).toBe(false);
    expect(belongs(point(0, 0), point(500, 8))).toBe(false);
  });
  it('is as long as its steps together', () => {
    expect(Math.round(routeM([point(0, 0), point(30, 1), point(10, 2)]))).toBe(50);
  });
  it('is told to other maps as a track, each round a stretch of it', () => {
    const stretch = (lon: number, lat: number, time: string): string =>
      `<trkseg><trkpt lat="${lat}" lon="${lon}"><time>${time}</time></trkpt></trkseg>`;
    expect(gpxOf([[{ at: [5.1, 51.9], time: 0 }], [], [{ at: [5.2, 51.8], time: 1000 }]], 'Kade & <1>')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<gpx version="1.1" creator="Terrein" xmlns="http://www.topografix.com/GPX/1/1"><trk>' +
        `<name>Kade &#38; &#60;1&#62;</name>${stretch(5.1, 51.9, '1970-01-01T00:00:00.000Z')}` +
        `${stretch(5.2, 51.8, '1970-01-01T00:00:01.000Z')}</trk></gpx>\n`,
    );
  });
});
