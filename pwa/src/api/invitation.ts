import { post, type Answer } from './http';

/** What a link from an invitation's mail stands for. */
export interface Invited {
  organisation: string;
  role: string;
  terrain: string | null;
  inviter: string | null;
  email: string;
  name: string | null;
  /** The address has an account already, which gets the role. */
  known: boolean;
}

/** Reads what an invitation is; changes nothing. */
export const readInvitation = (token: string): Promise<Answer<Invited>> =>
  post<Invited>('/invitation', { token });

/**
 * Takes the role. Somebody new is signed in by it: the mail proved the address. Who has an account already signs in
 * as always (`signIn`), unless they are.
 */
export const acceptInvitation = (
  token: string,
  name: string | null,
  language: 'nl' | 'en',
): Promise<Answer<{ signIn?: boolean } | undefined>> => post('/invitation/accept', { token, name, language });
