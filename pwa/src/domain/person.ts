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
  /** Missing in a copy that was kept before this was read. */
  organisationId?: string;
  /** Null: the role holds on every terrain of the organisation. */
  terrainId: string | null;
}

export interface Viewer {
  id: string;
  name: string;
  email: string;
  language: 'NL' | 'EN';
  /** A role of theirs counts only after signing in with a passkey, or through their own organisation. */
  needsStrongSignIn?: boolean;
  memberships: Membership[];
}

/** Somebody's own organisations: their names by id. */
export function organisationsOf(viewer: Viewer | null): Map<string, string> {
  return new Map(
    viewer?.memberships.flatMap(({ organisationId, organisation }) =>
      organisationId ? [[organisationId, organisation] as const] : [],
    ),
  );
}

/** The role somebody has on a terrain; the first one that holds there. */
export function roleOn(viewer: Viewer | null, terrainId: string | null): Role | null {
  return (
    viewer?.memberships.find((row) => row.terrainId === null || row.terrainId === terrainId)?.role ?? null
  );
}
