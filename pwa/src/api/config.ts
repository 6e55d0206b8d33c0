/** An organisation's own way in, such as a municipality's. */
export interface OidcProvider {
  id: string;
  name: string;
}

/** What whoever runs this installation says elsewhere: addresses, absent where there is none. */
export interface Pages {
  privacy?: string | null;
  accessibility?: string | null;
  help?: string | null;
}

/** What one needs to know of this installation before signing in. */
export interface Config {
  oidcProviders: OidcProvider[];
  pages: Pages;
}

const UNKNOWN: Config = { oidcProviders: [], pages: {} };

/** The ways in that this installation has besides passkey and mail, and its pages; none without a network, where none would work. */
export async function installation(): Promise<Config> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) return UNKNOWN;
    return { ...UNKNOWN, ...((await response.json()) as Partial<Config>) };
  } catch {
    return UNKNOWN;
  }
}

export const oidcPath = ({ id }: OidcProvider): string => `/sign-in/oidc/${encodeURIComponent(id)}`;
