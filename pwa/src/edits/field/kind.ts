import type { ResultOf, TadaDocumentNode } from 'gql.tada';
import type { conversationFields, observationFields, promiseFields } from '../../api/operations/fragments';
import { conversationFrom, observationFrom, promiseFrom } from '../../api/rows';
import type { Conversation, Observation, Promised } from '../../domain/talk';
import { payloadOf, REFUSED } from '../answer';
import type { KeptRow, MadeBy, Outcome } from '../edit';

/** The part of the local copy that a walk changes. */
export interface FieldRows {
  conversations: Map<string, Conversation>;
  promises: Map<string, Promised>;
  observations: Map<string, Observation>;
}

/** How an edit of a walk looks before the server knows, and how it is told. Its other half stands in edits/index. */
export interface FieldKind<Input> {
  /** Changes the rows in place. A row that is missing is left alone. */
  apply(rows: FieldRows, input: Input, by: MadeBy): void;
  send(input: Input, command: { commandId: string; version: number; terrainId: string }): Promise<Outcome>;
}

/** What the payloads of these commands have in common. */
interface Payload {
  readonly __typename: string;
  readonly conversation?: ResultOf<typeof conversationFields>;
  readonly promise?: ResultOf<typeof promiseFields>;
  readonly observation?: ResultOf<typeof observationFields>;
  /** Of a thing that is gone. */
  readonly id?: string;
}

/** Sends one command and reads what came of it. */
export async function tell<Input>(
  mutation: TadaDocumentNode<Record<string, Payload>, { input: Input }, unknown>,
  input: Input,
  terrainId: string,
): Promise<Outcome> {
  const payload = await payloadOf(mutation, input);
  const reason = REFUSED[payload.__typename];
  if (reason) return { kind: 'refused', reason };
  const { conversation, promise, observation, id } = payload;
  const rows: KeptRow[] = [
    ...(conversation
      ? [{ table: 'conversation' as const, row: conversationFrom(conversation, terrainId) }]
      : []),
    ...(promise ? [{ table: 'promise' as const, row: promiseFrom(promise, terrainId) }] : []),
    ...(observation ? [{ table: 'observation' as const, row: observationFrom(observation, terrainId) }] : []),
  ];
  return { kind: 'done', rows, ...(id ? { gone: id } : {}) };
}
