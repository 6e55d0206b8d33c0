import { ApiError, asSpeaker, isOtherPerson, seen } from '../api/client';
import type { MediaRow } from '../store/media';

/** Sent at once: what breaks off is at most this much, for a server keeps what arrived before. */
const PART_BYTES = 256 * 1024;
/** After a break the line is a poor one: smaller steps. */
const PART_AFTER_BREAK = 64 * 1024;
/** A part of this size over the poorest line that carries anything. */
const TIMEOUT_MS = 120_000;

/** Where an upload is, and how much of it the server holds. */
export interface Standing {
  upload: string;
  sent: number;
}

/** What became of one thing that was sent. */
export type Delivered =
  | { kind: 'arrived' }
  /** Stopped in between, because something else goes first. */
  | { kind: 'interrupted' }
  /** The server does not know its issue (yet). */
  | { kind: 'no-issue' };

type Header = Record<string, string>;

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function metadata(row: MediaRow): string {
  const said: Record<string, string | null> = {
    id: row.id,
    kind: row.kind,
    issue: row.issueId,
    type: row.type,
    takenAt: row.takenAt,
    alt: row.alt,
    durationMs: row.durationMs === null ? null : String(Math.round(row.durationMs)),
  };
  return Object.entries(said)
    .flatMap(([name, value]) => (value === null || value === '' ? [] : [`${name} ${base64(value)}`]))
    .join(',');
}

/**
 * One exchange of tus 1.0.0.
 *
 * @throws ApiError `UNREACHABLE` when nothing of ours answered, `UNAUTHENTICATED`, or a passing fault.
 */
async function ask(method: string, address: string, headers: Header, body?: Blob): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: { 'Tus-Resumable': '1.0.0', ...asSpeaker(), ...headers },
      ...(body ? { body } : {}),
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    seen(false);
    throw new ApiError('UNREACHABLE', 'no connection');
  }
  const ours =
    response.headers.has('Tus-Resumable') || /problem\+json/.test(response.headers.get('content-type') ?? '');
  // A hotel portal answers for us: that is no answer of ours. An answer to HEAD has no body to know it by.
  if (!ours && !(method === 'HEAD' && response.status >= 400)) {
    seen(false);
    throw new ApiError('UNREACHABLE', `unexpected answer ${response.status}`);
  }
  seen(true);
  if (response.status === 401) throw await refusal(response, 'UNAUTHENTICATED');
  if (response.status === 429) throw new ApiError('RATE_LIMITED', 'later');
  // 423: another connection of ours has not been given up on yet.
  if (response.status >= 500 || response.status === 423) throw new ApiError('UNAVAILABLE', 'later');
  return response;
}

/** What the server says about why not; a person that changed meanwhile is told to whom it concerns. */
async function refusal(
  response: Response,
  code: 'INVALID' | 'UNAUTHENTICATED' = 'INVALID',
): Promise<ApiError> {
  const said = (await response.json().catch(() => null)) as { code?: string; reason?: string } | null;
  const reason = said?.reason ?? null;
  if (isOtherPerson(reason)) return new ApiError('UNAUTHENTICATED', 'somebody else', null, reason);
  if (code === 'UNAUTHENTICATED') return new ApiError(code, 'sign in first');
  const byStatus: Record<number, string> = { 409: 'ID_TAKEN', 413: 'TOO_LARGE', 415: 'UNREADABLE' };
  return new ApiError(code, 'refused', null, byStatus[response.status] ?? reason ?? said?.code ?? 'INVALID');
}

const offsetOf = (response: Response): number | null => {
  const text = response.headers.get('Upload-Offset');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
};

/** Asks for a place, or for the one it had: the same id is given the same place. Null: its issue is not there. */
async function open(row: MediaRow): Promise<Standing | null> {
  const response = await ask('POST', '/uploads', {
    'Upload-Length': String(row.bytes),
    'Upload-Metadata': metadata(row),
  });
  if (response.status === 404) return null;
  if (!response.ok) throw await refusal(response);
  const location = response.headers.get('Location');
  if (!location) throw new ApiError('UNAVAILABLE', 'a place without an address');
  // Never somewhere else than here, whatever the answer says.
  return {
    upload: new URL(location, 'http://here').pathname,
    sent: offsetOf(response) ?? 0,
  };
}

/** How much the server holds; null when it knows nothing of it any more. */
async function standing(upload: string): Promise<Standing | null> {
  const response = await ask('HEAD', upload, {});
  if ([404, 410].includes(response.status)) return null;
  const sent = offsetOf(response);
  return response.ok && sent !== null ? { upload, sent } : null;
}

/**
 * Sends the bytes of one photo or dictated note, from where the server says that it stopped.
 *
 * @param keep is told each time the server holds more.
 * @param goOn is asked between parts; false stops here, to go on later.
 * @throws ApiError with the reason, under which it is parked, or which passes.
 */
export async function deliver(
  row: MediaRow,
  bytes: Blob,
  keep: (at: Standing) => Promise<void>,
  goOn: () => boolean = () => true,
): Promise<Delivered> {
  let at = row.upload ? await standing(row.upload) : null;
  at ??= await open(row);
  if (!at) return { kind: 'no-issue' };
  await keep(at);
  const part = row.attempts > 0 ? PART_AFTER_BREAK : PART_BYTES;
  // A server that keeps saying otherwise is not argued with for ever.
  for (let disputes = 0; at.sent < bytes.size;) {
    const response = await ask(
      'PATCH',
      at.upload,
      { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(at.sent) },
      bytes.slice(at.sent, at.sent + part, 'application/offset+octet-stream'),
    );
    // 409: it holds more or less than we think. 460: what arrived was not what was sent.
    if ([409, 460].includes(response.status) && disputes < 3) {
      disputes += 1;
      at = await standing(at.upload);
      if (!at) throw new ApiError('UNAVAILABLE', 'the upload is gone');
      continue;
    }
    if ([404, 410].includes(response.status)) {
      await keep({ upload: '', sent: 0 });
      throw new ApiError('UNAVAILABLE', 'the upload is gone');
    }
    if (!response.ok) throw await refusal(response);
    at = { upload: at.upload, sent: offsetOf(response) ?? at.sent };
    await keep(at);
    if (at.sent < bytes.size && !goOn()) return { kind: 'interrupted' };
  }
  return { kind: 'arrived' };
}
