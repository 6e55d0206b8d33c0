import { anchorOf, contains, distanceM, type Geometry, type Position } from './geo';
import { isCurrent, type Issue, type IssueKind, type Permission } from './issue';

export interface Terrain {
  id: string;
  name: string;
  locality: string | null;
  areaM2: number;
  audience: 'PUBLIC' | 'TERRAIN';
  geometry: Geometry;
  companyCount: number;
  openIssueCount: number;
  canReport: Permission;
  /** To write down talks; missing in a copy that was kept before this was read. */
  canTalk?: Permission;
}

export interface Plot {
  id: string;
  terrainId: string;
  key: string;
  section: string;
  number: string;
  areaM2: number;
  geometry: Geometry;
}

export interface Address {
  id: string;
  terrainId: string;
  label: string;
  street: string;
  houseNumber: number;
  geometry: Geometry;
}

export interface Company {
  id: string;
  terrainId: string;
  name: string;
  addressLabel: string | null;
  sbiCode: string | null;
  geometry: Geometry | null;
  mine: boolean;
}

export interface Occupancy {
  id: string;
  terrainId: string;
  companyId: string;
  plotId: string | null;
  kind: 'OWNS' | 'RENTS' | 'USES';
}

export const INFRASTRUCTURE_KINDS = [
  'STATION',
  'CABLE',
  'PIPE',
  'ROAD',
  'CYCLE_PATH',
  'CAMERA',
  'LAMP',
  'CHARGER',
  'TREE',
  'OTHER',
] as const;
export type InfrastructureKind = (typeof INFRASTRUCTURE_KINDS)[number];

export interface Infrastructure {
  id: string;
  terrainId: string;
  kind: InfrastructureKind;
  name: string | null;
  geometry: Geometry;
}

/** What lies at a point, from the device's own copy. */
export interface Spot {
  plot: Plot | null;
  address: Address | null;
  /** Metres to the address. */
  addressM: number;
  outside: boolean;
}

/** Farther than this an address says nothing about a point any more. */
const ADDRESS_REACH_M = 120;

export function spotAt(at: Position, terrain: Terrain | null, plots: Plot[], addresses: Address[]): Spot {
  let address: Address | null = null;
  let addressM = ADDRESS_REACH_M;
  for (const candidate of addresses) {
    const metres = distanceM(at, anchorOf(candidate.geometry));
    if (metres < addressM) {
      address = candidate;
      addressM = metres;
    }
  }
  return {
    plot: plots.find((plot) => contains(plot.geometry, at)) ?? null,
    address,
    addressM,
    outside: terrain ? !contains(terrain.geometry, at) : false,
  };
}

export interface NearbyCompany {
  company: Company;
  metres: number;
  /** Works on the plot the point lies in. */
  here: boolean;
}

/** Companies with a known place, those on the spot first, then by distance. */
export function companiesNear(
  at: Position,
  companies: Company[],
  occupancies: Occupancy[],
  plotId: string | null,
): NearbyCompany[] {
  const onPlot = new Set(
    plotId ? occupancies.filter((row) => row.plotId === plotId).map((row) => row.companyId) : [],
  );
  return companies
    .flatMap((company) =>
      company.geometry
        ? [{ company, metres: distanceM(at, anchorOf(company.geometry)), here: onPlot.has(company.id) }]
        : [],
    )
    .sort((a, b) => Number(b.here) - Number(a.here) || a.metres - b.metres);
}

/** What was reported within this distance may well be the same thing. */
const SAME_PLACE_M = 30;

export interface NearbyIssue<T> {
  issue: T;
  metres: number;
}

/** Issues at a point that are still there to see, of the same kind first, then by distance. */
export function issuesNear<T extends Pick<Issue, 'geometry' | 'state' | 'kind'>>(
  at: Position,
  kind: IssueKind,
  issues: readonly T[],
): NearbyIssue<T>[] {
  return issues
    .filter(isCurrent)
    .map((issue) => ({ issue, metres: distanceM(at, anchorOf(issue.geometry)) }))
    .filter(({ metres }) => metres <= SAME_PLACE_M)
    .sort((a, b) => Number(b.issue.kind === kind) - Number(a.issue.kind === kind) || a.metres - b.metres);
}

/** The street part of an address label: "Havenweg 14" becomes "Havenweg". */
export function streetOf(label: string | null): string | null {
  return label?.match(/^(.*?)\s+\d/)?.[1] ?? null;
}

/** The short name on the map and in callouts: section and number, as people say it. */
export const plotName = (plot: Plot): string => `${plot.section} ${plot.number}`;
