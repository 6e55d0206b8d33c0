export type Role =
  | 'AANJAGER'
  | 'ENTREPRENEUR'
  | 'OWNER'
  | 'MUNICIPALITY'
  | 'GRID_OPERATOR'
  | 'PARK_MANAGER'
  | 'PROJECT_LEAD'
  | 'PROVINCE'
  | 'PARTNER'
  | 'ADMIN';

export interface Membership {
  role: Role;
  organisation: string;
  /** Null: the role holds on every terrain of the organisation. */
  terrainId: string | null;
}

export interface Viewer {
  id: string;
  name: string;
  email: string;
  language: 'NL' | 'EN';
  memberships: Membership[];
}

/** The role somebody has on a terrain; the first one that holds there. */
export function roleOn(viewer: Viewer | null, terrainId: string | null): Role | null {
  return (
    viewer?.memberships.find((row) => row.terrainId === null || row.terrainId === terrainId)?.role ?? null
  );
}
