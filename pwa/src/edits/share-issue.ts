import { shareIssue as mutation } from '../api/operations/writes';
import type { Audience } from '../domain/issue';
import { tell } from './answer';
import { patch, type EditKind } from './edit';

export interface ShareIssue {
  issueId: string;
  audience: Audience;
}

export const shareIssue: EditKind<ShareIssue> = {
  subject: (input) => input.issueId,
  apply: (rows, { issueId, audience }) => patch(rows, issueId, () => ({ audience })),
  inverse({ issueId }, before) {
    const issue = before.issues.get(issueId);
    return issue ? { type: 'share-issue', input: { issueId, audience: issue.audience } } : null;
  },
  send: (input, { commandId, version, terrainId }) =>
    tell(mutation, { commandId, version, ...input }, terrainId),
};
