import { observe as mutation } from '../../api/operations/walk';
import type { Question } from '../../domain/talk';
import { tell, type FieldKind } from './kind';

export interface Observe {
  observationId: string;
  terrainId: string;
  /** The company, building, plot or infrastructure that was looked at. */
  subjectId: string;
  question: Question;
  answer: string;
  /** As the phone says. */
  seenAt: string;
}

export const observe: FieldKind<Observe> = {
  apply(rows, { observationId, ...input }) {
    rows.observations.set(observationId, { ...input, id: observationId, mine: true });
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
