import { changeIssueState as mutation } from '../api/operations/writes';
import type { IssueState } from '../domain/issue';
import { tell } from './answer';
import { patch, type EditKind } from './edit';

export interface ChangeIssueState {
  issueId: string;
  state: IssueState;
  reason: string | null;
}

export const changeIssueState: EditKind<ChangeIssueState> = {
  subject: (input) => input.issueId,
  apply: (rows, { issueId, state, reason }) => patch(rows, issueId, () => ({ state, stateReason: reason })),
  inverse({ issueId }, before) {
    const issue = before.issues.get(issueId);
    return issue
      ? {
          type: 'change-issue-state',
          input: { issueId, state: issue.state, reason: issue.stateReason },
        }
      : null;
  },
  send: (input, { commandId, version, terrainId }) =>
    tell(mutation, { commandId, version, ...input }, terrainId),
};
