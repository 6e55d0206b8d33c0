/** An organisation's own way in, such as a municipality's. */
export interface OidcProvider {
  id: string;
  name: string;
}

interface Config {
  oidcProviders?: OidcProvider[];
}

/** The ways in that this installation has besides passkey and mail; none without a network, where none would work. */
export async function oidcProviders(): Promise<OidcProvider[]> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) return [];
    return ((await response.json()) as Config).oidcProviders ?? [];
  } catch {
    return [];
  }
}

export const oidcPath = ({ id }: OidcProvider): string => `/sign-in/oidc/${encodeURIComponent(id)}`;
