import { anchorOf, contains, type Geometry, type Position } from './geo';
import {
  companiesNear,
  type Company,
  type Infrastructure,
  type InfrastructureKind,
  type NearbyCompany,
  type Occupancy,
  type Plot,
} from './place';
import { distanceToM } from './sketch';

/** Nearer than this to the crosshair a thing may be what is meant: as far as a phone is wrong about its place. */
const THING_REACH_M = 15;
/** A crosshair on the road is still about the plot beside it, and about whoever is there. */
const BESIDE_M = 30;
const THINGS = 2;

/** What a pin may be about: the first of its kind that lies at or nearest to a place. */
export interface Subjects {
  plot: Plot | null;
  /** Whether the place lies in it. */
  inPlot: boolean;
  company: NearbyCompany | null;
  /** Nearest first, each of another kind. */
  things: { thing: Infrastructure; metres: number }[];
}

export function subjectsAt(
  at: Position,
  from: { plots: Plot[]; companies: Company[]; occupancies: Occupancy[]; infrastructure: Infrastructure[] },
): Subjects {
  const inside = from.plots.find((plot) => contains(plot.geometry, at)) ?? null;
  const plot = inside ?? nearest(at, from.plots, BESIDE_M)[0]?.row ?? null;
  const [company] = companiesNear(at, from.companies, from.occupancies, plot?.id ?? null);
  const things: Subjects['things'] = [];
  for (const { row, metres } of nearest(at, from.infrastructure, THING_REACH_M))
    if (things.length < THINGS && !things.some(({ thing }) => thing.kind === row.kind))
      things.push({ thing: row, metres });
  return {
    plot,
    inPlot: inside !== null,
    company: company && (company.here || company.metres <= BESIDE_M) ? company : null,
    things,
  };
}

/** The nearest thing of one kind within reach that is not among those named already: the next lamp of a row. */
export const nextOfKind = (
  at: Position,
  infrastructure: readonly Infrastructure[],
  kind: InfrastructureKind,
  named: readonly string[],
): Infrastructure | null =>
  nearest(
    at,
    infrastructure.filter((thing) => thing.kind === kind && !named.includes(thing.id)),
    THING_REACH_M,
  )[0]?.row ?? null;

function nearest<Row extends { geometry: Geometry }>(
  at: Position,
  rows: readonly Row[],
  reach: number,
): { row: Row; metres: number }[] {
  return rows
    .map((row) => ({ row, metres: contains(row.geometry, at) ? 0 : distanceToM(at, row.geometry, reach) }))
    .filter(({ metres }) => metres <= reach)
    .sort((a, b) => a.metres - b.metres);
}

/** A company this near to a line that was drawn is along it. */
const ALONG_M = 40;

/** Companies in an area that was drawn, or along a line; none for a spot. */
export function companiesOn(geometry: Geometry, companies: readonly Company[]): Company[] {
  const area = geometry.type === 'Polygon' || geometry.type === 'MultiPolygon';
  if (!area && geometry.type !== 'LineString' && geometry.type !== 'MultiLineString') return [];
  return companies.filter((company) => {
    if (!company.geometry) return false;
    const at = anchorOf(company.geometry);
    return area ? contains(geometry, at) : distanceToM(at, geometry, ALONG_M) <= ALONG_M;
  });
}
