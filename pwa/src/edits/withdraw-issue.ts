import { execute } from '../api/client';
import { withdrawIssue as mutation } from '../api/operations/writes';
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
  async send({ issueId }, { commandId }) {
    await execute(mutation, { input: { commandId, issueId } });
    return { kind: 'done', gone: issueId };
  },
};
