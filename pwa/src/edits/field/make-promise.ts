import { makePromise as mutation } from '../../api/operations/walk';
import type { Geometry } from '../../domain/geo';
import type { PromiseOwner } from '../../domain/talk';
import { tell, type FieldKind } from './kind';

export interface MakePromise {
  promiseId: string;
  terrainId: string;
  conversationId: string | null;
  companyId: string | null;
  issueId: string | null;
  text: string;
  ownedBy: PromiseOwner;
  dueOn: string | null;
  /** Where it is due when that is not where its company is. */
  geometry: Geometry | null;
}

const yes = { allowed: true, reason: null };

export const makePromise: FieldKind<MakePromise> = {
  apply(rows, { promiseId, ...input }) {
    rows.promises.set(promiseId, {
      ...input,
      id: promiseId,
      doneAt: null,
      version: 0,
      viewerCan: { keep: yes, withdraw: yes },
    });
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
