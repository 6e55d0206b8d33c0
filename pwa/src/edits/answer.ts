import type { ResultOf, TadaDocumentNode } from 'gql.tada';
import { execute } from '../api/client';
import type { commentFields, issueFields, photoFields, voiceNoteFields } from '../api/operations/fragments';
import { commentFrom, issueFrom, photoFrom, voiceNoteFrom } from '../api/rows';
import type { KeptRow, Outcome } from './edit';

/** What the payloads of all commands about issues have in common. */
export interface Payload {
  readonly __typename: string;
  readonly issue?: ResultOf<typeof issueFields>;
  readonly comment?: ResultOf<typeof commentFields>;
  readonly photo?: ResultOf<typeof photoFields>;
  readonly voiceNote?: ResultOf<typeof voiceNoteFields>;
  /** Of a conflict: what both sides changed. */
  readonly fields?: readonly string[];
  /** Of what is gone. */
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
  const rows: KeptRow[] = [];
  if (payload.photo) rows.push({ table: 'photo', row: photoFrom(payload.photo, terrainId) });
  if (payload.voiceNote) rows.push({ table: 'voiceNote', row: voiceNoteFrom(payload.voiceNote, terrainId) });
  return {
    kind: 'done',
    ...(issue ? { issue } : {}),
    ...(payload.comment ? { comment: commentFrom(payload.comment, terrainId) } : {}),
    ...(rows.length > 0 ? { rows } : {}),
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
