import { ApiError, asSpeaker } from './client';

/** A photo over a poor line. */
const FILE_TIMEOUT_MS = 60_000;

/**
 * A photo or a sound, under the rights of whoever asks.
 *
 * @throws ApiError when it is not to be had now, or not by them.
 */
export async function fileOf(address: string, kind: 'image' | 'audio'): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(address, {
      headers: asSpeaker(),
      redirect: 'error',
      signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
    });
    const type = response.headers.get('content-type') ?? '';
    // A webm of sound alone is called video by some.
    if (response.ok && (type.startsWith(kind) || (kind === 'audio' && type.startsWith('video'))))
      return await response.blob();
  } catch {
    throw new ApiError('UNREACHABLE', 'no connection');
  }
  throw new ApiError(response.status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE', 'no file');
}
