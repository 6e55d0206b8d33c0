/** What a question over plain HTTP came to. */
export type Answer<Body = undefined> =
  | { kind: 'done'; body: Body }
  /** The server said no; its code, when it gave one. */
  | { kind: 'refused'; code: string | null }
  | { kind: 'too-many'; retryAfterS: number }
  | { kind: 'unreachable' };

const TIMEOUT_MS = 20_000;

/** Sends JSON and reads JSON, if any comes. Nothing here throws: every outcome has a screen. */
export async function post<Body = undefined>(path: string, body: object = {}): Promise<Answer<Body>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, application/problem+json',
        'accept-language': globalThis.document?.documentElement.lang || 'nl',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return { kind: 'unreachable' };
  }
  if (response.status === 204) return { kind: 'done', body: undefined as Body };
  if (response.status === 429)
    return { kind: 'too-many', retryAfterS: Number(response.headers.get('retry-after')) || 60 };
  if (response.status >= 500) return { kind: 'unreachable' };
  // A hotel portal answers 200 with a page of its own: that is no answer of ours.
  if (!/json/.test(response.headers.get('content-type') ?? ''))
    return response.ok ? { kind: 'unreachable' } : { kind: 'refused', code: null };
  const said = (await response.json().catch(() => null)) as unknown;
  if (!response.ok) return { kind: 'refused', code: (said as { code?: string } | null)?.code ?? null };
  return said === null ? { kind: 'unreachable' } : { kind: 'done', body: said as Body };
}
