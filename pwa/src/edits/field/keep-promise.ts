import { keepPromise as mutation } from '../../api/operations/walk';
import { tell, type FieldKind } from './kind';

export interface KeepPromise {
  promiseId: string;
  /** False: it was marked by mistake. */
  done: boolean;
}

export const keepPromise: FieldKind<KeepPromise> = {
  apply(rows, { promiseId, done }, by) {
    const promise = rows.promises.get(promiseId);
    if (promise) rows.promises.set(promiseId, { ...promise, doneAt: done ? by.at : null });
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
