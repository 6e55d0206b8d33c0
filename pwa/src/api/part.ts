import { ApiError, asSpeaker, seen, type ErrorCode } from './client';

/**
 * Asks for a part of a pack, for the person this device speaks for.
 *
 * @throws ApiError with the server's code (`REVOKED` when it ended the session), or `UNREACHABLE`.
 */
export async function fetchPart(path: string, etag: string | null, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      cache: 'no-store',
      priority: 'low',
      signal,
      headers: { ...asSpeaker(), ...(etag ? { 'if-none-match': `"${etag}"` } : {}) },
    });
  } catch (error) {
    if (signal.aborted) throw error;
    seen(false);
    throw new ApiError('UNREACHABLE', 'no connection');
  }
  if (response.ok || response.status === 304) return response;
  const refused = (await response.json().catch(() => null)) as { code?: ErrorCode } | null;
  // A portal's page is no answer of ours.
  throw new ApiError(refused?.code ?? 'UNREACHABLE', `${path}: ${response.status}`);
}
