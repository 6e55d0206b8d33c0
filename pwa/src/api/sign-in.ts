/** What a step of signing in came to. */
export type SignInOutcome =
  | { kind: 'done' }
  | { kind: 'refused' }
  | { kind: 'too-many'; retryAfterS: number }
  | { kind: 'unreachable' };

async function post(path: string, body: Record<string, string> | null): Promise<SignInOutcome> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    return { kind: 'unreachable' };
  }
  if (response.status === 204) return { kind: 'done' };
  if (response.status === 429)
    return { kind: 'too-many', retryAfterS: Number(response.headers.get('retry-after')) || 60 };
  return response.status >= 500 || response.ok ? { kind: 'unreachable' } : { kind: 'refused' };
}

/** Asks for a mail with a link and a code. The answer is the same whether or not the address is known. */
export const requestMail = (email: string): Promise<SignInOutcome> => post('/sign-in/request', { email });

export const signInWithCode = (email: string, code: string): Promise<SignInOutcome> =>
  post('/sign-in/code', { email, code });

export const signOut = (): Promise<SignInOutcome> => post('/sign-in/out', null);
