import type { ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
import { knownIds } from './document-ids';
import { EYES } from '../worker/names';
import { nameOf, textOf } from './graphql';

export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID'
  | 'CONFLICT'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'TOO_COMPLEX'
  | 'RATE_LIMITED'
  /** The session was ended on another device. */
  | 'REVOKED'
  /** No answer from our server: no network, a time-out, or a portal that answers for it. */
  | 'UNREACHABLE';

export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field: string | null = null,
    readonly reason: string | null = null,
  ) {
    super(message);
  }

  /** Trying the very same thing later can succeed. */
  get passing(): boolean {
    return ['UNREACHABLE', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED'].includes(this.code);
  }
}

interface GraphError {
  message: string;
  extensions?: { code?: ErrorCode; field?: string; reason?: string };
}

/** For whom this device speaks: the server refuses a session that is somebody else's. */
let speaker = 'nobody';
export function speakFor(personId: string | null): void {
  speaker = personId ?? 'nobody';
}

/** Called when the session turns out to be another person's. */
let otherPerson: () => void = () => undefined;
export function onOtherPerson(listener: () => void): void {
  otherPerson = listener;
}

/** Whether this is the reason, which is then told to whom it concerns. */
export function isOtherPerson(reason: string | null): boolean {
  if (reason !== 'OTHER_PERSON') return false;
  otherPerson();
  return true;
}

/** With whose eyes it asks, when not with the person's own: a role and a terrain, as the server's header has it. */
let eyes: string | null = null;
export function lookWith(role: string | null): void {
  eyes = role;
}

/** Who asks, on roads other than the graph. */
export const asSpeaker = (): Record<string, string> => ({
  'x-terrein-person': speaker,
  ...(eyes ? { [EYES]: eyes } : {}),
});

const TIMEOUT_MS = 20_000;

/** Called after each exchange: true when the server answered, whatever it said. */
type Witness = (reached: boolean) => void;
let witness: Witness = () => undefined;
export function onExchange(listener: Witness): void {
  witness = listener;
}
export const seen: Witness = (reached) => witness(reached);

/**
 * Runs one operation.
 *
 * @throws ApiError with the server's code, or `UNREACHABLE` when nothing of ours answered.
 */
export async function execute<Result, Variables>(
  document: TadaDocumentNode<Result, Variables, unknown>,
  variables: VariablesOf<TadaDocumentNode<Result, Variables, unknown>>,
  /** Asks as whoever is signed in: to find out who that is. */
  asWhoever = false,
): Promise<ResultOf<TadaDocumentNode<Result, Variables, unknown>>> {
  const name = nameOf(document);
  const documentId = knownIds[name];
  const body = await send('/graphql', asWhoever, {
    ...(documentId ? { documentId } : { query: textOf(document) }),
    operationName: name,
    variables,
  });
  const { data, errors } = body as { data?: unknown; errors?: GraphError[] };
  const error = errors?.[0];
  if (error || !data) {
    // Turned away at the door, with a problem in place of an answer.
    const refused = body as { code?: ErrorCode };
    const { code = refused.code ?? 'INTERNAL', field = null, reason = null } = error?.extensions ?? {};
    isOtherPerson(reason);
    throw new ApiError(code, error?.message ?? 'no data', field, reason);
  }
  return data as ResultOf<TadaDocumentNode<Result, Variables, unknown>>;
}

async function send(path: string, asWhoever: boolean, payload: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'accept-language': globalThis.document?.documentElement.lang || 'nl',
        ...(asWhoever ? {} : { 'x-terrein-person': speaker }),
        ...(eyes ? { [EYES]: eyes } : {}),
      },
      body: JSON.stringify(payload),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    witness(false);
    throw new ApiError('UNREACHABLE', 'no connection');
  }
  // A hotel portal answers 200 with a page of its own: that is no answer of ours.
  if (!/json/.test(response.headers.get('content-type') ?? '')) {
    witness(false);
    throw new ApiError('UNREACHABLE', `unexpected answer ${response.status}`);
  }
  try {
    const body: unknown = await response.json();
    witness(true);
    return body;
  } catch {
    witness(false);
    throw new ApiError('UNREACHABLE', 'the answer broke off');
  }
}
