import { execute } from '../api/client';
import { issueFrom } from '../api/rows';
import { changeIssueState as mutation } from '../api/operations/writes';
import type { IssueState } from '../domain/issue';
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
  async send(input, { commandId, version, terrainId }) {
    const { changeIssueState: payload } = await execute(mutation, {
      input: { commandId, version, ...input },
    });
    if (payload.__typename === 'StateNotReachable') return { kind: 'refused', reason: 'STATE_NOT_REACHABLE' };
    const issue = issueFrom(payload.issue, terrainId);
    return payload.__typename === 'IssueStateChanged'
      ? { kind: 'done', issue }
      : { kind: 'changed-meanwhile', issue };
  },
};
