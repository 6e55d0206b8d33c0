import { withdrawPromise as mutation } from '../../api/operations/walk';
import { tell, type FieldKind } from './kind';

export interface WithdrawPromise {
  promiseId: string;
}

export const withdrawPromise: FieldKind<WithdrawPromise> = {
  apply(rows, { promiseId }) {
    rows.promises.delete(promiseId);
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
