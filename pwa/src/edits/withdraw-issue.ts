import { withdrawIssue as mutation } from '../api/operations/writes';
import { tell } from './answer';
import type { EditKind } from './edit';

export interface WithdrawIssue {
  issueId: string;
}

export const withdrawIssue: EditKind<WithdrawIssue> = {
  subject: (input) => input.issueId,
  apply(rows, { issueId }) {
    rows.issues.delete(issueId);
  },
  // A withdrawn issue is a tombstone: bringing it back would be a new issue.
  inverse: () => null,
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
