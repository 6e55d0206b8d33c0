import { withdrawObservation as mutation } from '../../api/operations/walk';
import { tell, type FieldKind } from './kind';

export interface WithdrawObservation {
  observationId: string;
}

export const withdrawObservation: FieldKind<WithdrawObservation> = {
  apply(rows, { observationId }) {
    rows.observations.delete(observationId);
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
