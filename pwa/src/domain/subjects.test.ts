import { describe, expect, it } from 'vitest';
import type { Geometry, Position } from './geo';
import type { Company, Infrastructure, InfrastructureKind, Plot } from './place';
import { shifted } from './sketch';
import { companiesOn, nextOfKind, subjectsAt } from './subjects';

const at = (east: number, north: number): Position => shifted([5.08, 51.8], east, north);
const point = (east: number, north: number): Geometry => ({ type: 'Point', coordinates: at(east, north) });
const box = (west: number, south: number, east: number, north: number): Geometry => ({
  type: 'Polygon',
  coordinates: [[at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)]],
});
const plot = (id: string, geometry: Geometry): Plot => ({
  id,
  terrainId: 't',
  key: id,
  section: 'A',
  number: id,
  areaM2: 1,
  geometry,
});
const company = (id: string, geometry: Geometry | null): Company => ({
  id,
  terrainId: 't',
  name: id,
  addressLabel: null,
  sbiCode: null,
  geometry,
  mine: false,
});
const thing = (id: string, kind: InfrastructureKind, geometry: Geometry): Infrastructure => ({
  id,
  terrainId: 't',
  kind,
  name: null,
  geometry,
});
const none = { plots: [], companies: [], occupancies: [], infrastructure: [] };

describe('what a pin may be about', () => {
  const plots = [plot('east', box(10, 0, 60, 60)), plot('far', box(200, 0, 260, 60))];
  it('is the plot the crosshair is in, else the nearest beside it, and none that is far', () => {
    expect(subjectsAt(at(20, 20), { ...none, plots })).toMatchObject({ plot: { id: 'east' }, inPlot: true });
    expect(subjectsAt(at(4, 20), { ...none, plots })).toMatchObject({ plot: { id: 'east' }, inPlot: false });
    expect(subjectsAt(at(-40, 20), { ...none, plots }).plot).toBeNull();
  });
  it('is who works on that plot before who is nearer, and nobody from down the street', () => {
    const companies = [company('here', point(55, 55)), company('nearer', point(-10, 20))];
    const occupancies = [
      { id: 'o', terrainId: 't', companyId: 'here', plotId: 'east', kind: 'RENTS' as const },
    ];
    expect(subjectsAt(at(20, 20), { ...none, plots, companies, occupancies }).company?.company.id).toBe(
      'here',
    );
    expect(subjectsAt(at(-15, 20), { ...none, companies }).company?.company.id).toBe('nearer');
    expect(subjectsAt(at(-60, 20), { ...none, companies }).company).toBeNull();
  });
  it('is the two nearest things of different kinds within reach, a station from all of its yard', () => {
    const infrastructure = [
      thing('cable', 'CABLE', { type: 'LineString', coordinates: [at(-100, 2), at(100, 2)] }),
      thing('lamp 1', 'LAMP', point(0, 5)),
      thing('lamp 2', 'LAMP', point(0, 8)),
      thing('tree', 'TREE', point(9, 9)),
      thing('camera', 'CAMERA', point(40, 0)),
      thing('station', 'STATION', box(300, 0, 360, 60)),
    ];
    const ids = (east: number, north: number): string[] =>
      subjectsAt(at(east, north), { ...none, infrastructure }).things.map((found) => found.thing.id);
    expect(ids(0, 0)).toEqual(['cable', 'lamp 1']);
    expect(ids(330, 30)).toEqual(['station']);
    expect(ids(0, 100)).toEqual([]);
  });
  it('is the next lamp of a row, not one that was named already', () => {
    const lamps = [thing('one', 'LAMP', point(0, 0)), thing('two', 'LAMP', point(12, 0))];
    const tree = thing('tree', 'TREE', point(1, 0));
    expect(nextOfKind(at(2, 0), [...lamps, tree], 'LAMP', [])?.id).toBe('one');
    expect(nextOfKind(at(2, 0), [...lamps, tree], 'LAMP', ['one'])?.id).toBe('two');
    expect(nextOfKind(at(2, 0), [...lamps, tree], 'LAMP', ['one', 'two'])).toBeNull();
    expect(nextOfKind(at(40, 0), lamps, 'LAMP', [])).toBeNull();
  });
});

describe('who lies in what was drawn', () => {
  const companies = [company('in', point(20, 20)), company('out', point(100, 20)), company('nowhere', null)];
  it('is in the area, or along the line; a spot has no such companies', () => {
    expect(companiesOn(box(0, 0, 50, 50), companies).map(({ id }) => id)).toEqual(['in']);
    const line: Geometry = { type: 'LineString', coordinates: [at(60, 0), at(120, 0)] };
    expect(companiesOn(line, companies).map(({ id }) => id)).toEqual(['out']);
    expect(companiesOn(point(20, 20), companies)).toEqual([]);
  });
});
