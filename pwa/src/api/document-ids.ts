import { documentIds } from './generated/document-ids';

/** The names under which the server knows the operations of this app. */
export const knownIds: Record<string, string> = { ...documentIds };

/** For operations that come with a screen of their own: the first screen does not carry their names. */
export const know = (ids: Record<string, string>): void => void Object.assign(knownIds, ids);
