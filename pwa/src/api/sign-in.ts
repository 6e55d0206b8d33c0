import { post, type Answer } from './http';

/** What a step of signing in came to. */
export type SignInOutcome = Answer;

/** Asks for a mail with a link and a code. The answer is the same whether or not the address is known. */
export const requestMail = (email: string): Promise<SignInOutcome> => post('/sign-in/request', { email });

export const signInWithCode = (email: string, code: string): Promise<SignInOutcome> =>
  post('/sign-in/code', { email, code });

export const signOut = (): Promise<SignInOutcome> => post('/sign-in/out');
