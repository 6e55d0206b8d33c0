/** A title that no other worker gives, and no other run: servers are shared by the tests of a worker. */
export const unique = (what: string, worker: number): string => `${what} ${worker}${Date.now()}`;
