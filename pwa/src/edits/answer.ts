import type { ResultOf, TadaDocumentNode } from 'gql.tada';
import { execute } from '../api/client';
import type { commentFields, issueFields } from '../api/operations/fragments';
import { commentFrom, issueFrom } from '../api/rows';
import type { Outcome } from './edit';

/** What the payloads of all commands about issues have in common. */
export interface Payload {
  readonly __typename: string;
  readonly issue?: ResultOf<typeof issueFields>;
  readonly comment?: ResultOf<typeof commentFields>;
  /** Of a conflict: what both sides changed. */
  readonly fields?: readonly string[];
  /** Of an issue that is gone. */
  readonly id?: string;
}

/** Outcomes people can expect, and the reason under which the edit is parked. */
export const REFUSED: Readonly<Record<string, string>> = {
  IdTaken: 'ID_TAKEN',
  StateNotReachable: 'STATE_NOT_REACHABLE',
};

export function outcomeOf(payload: Payload, terrainId: string): Outcome {
  const reason = REFUSED[payload.__typename];
  if (reason) return { kind: 'refused', reason };
  const issue = payload.issue && issueFrom(payload.issue, terrainId);
  if (payload.__typename === 'ChangedMeanwhile' && issue)
    return { kind: 'changed-meanwhile', issue, fields: payload.fields ?? [] };
  return {
    kind: 'done',
    ...(issue ? { issue } : {}),
    ...(payload.comment ? { comment: commentFrom(payload.comment, terrainId) } : {}),
    ...(payload.id ? { gone: payload.id } : {}),
  };
}

/** Sends one command; its payload is the only field of the answer. */
export async function payloadOf<Input, Said>(
  mutation: TadaDocumentNode<Record<string, Said>, { input: Input }, unknown>,
  input: Input,
): Promise<Said> {
  const [payload] = Object.values(await execute(mutation, { input }));
  if (!payload) throw new TypeError('an answer without a payload');
  return payload;
}

/** Sends one command about an issue and reads what came of it. */
export const tell = async <Input>(
  mutation: TadaDocumentNode<Record<string, Payload>, { input: Input }, unknown>,
  input: Input,
  terrainId: string,
): Promise<Outcome> => outcomeOf(await payloadOf(mutation, input), terrainId);
