import { execute } from '../api/client';
import { issueFrom } from '../api/rows';
import { shareIssue as mutation } from '../api/operations/writes';
import type { Audience } from '../domain/issue';
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
  async send(input, { commandId, version, terrainId }) {
    const { shareIssue: payload } = await execute(mutation, { input: { commandId, version, ...input } });
    const issue = issueFrom(payload.issue, terrainId);
    return payload.__typename === 'IssueShared'
      ? { kind: 'done', issue }
      : { kind: 'changed-meanwhile', issue };
  },
};
