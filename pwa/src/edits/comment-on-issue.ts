import { execute } from '../api/client';
import { commentFrom, issueFrom } from '../api/rows';
import { commentOnIssue as mutation } from '../api/operations/writes';
import { patch, type EditKind } from './edit';

export interface CommentOnIssue {
  commentId: string;
  issueId: string;
  text: string;
}

export const commentOnIssue: EditKind<CommentOnIssue> = {
  subject: (input) => input.issueId,
  apply(rows, { commentId, issueId, text }, by) {
    const issue = rows.issues.get(issueId);
    // The feed may bring the comment before the answer to this very command.
    if (!issue || rows.comments.has(commentId)) return;
    patch(rows, issueId, ({ commentCount }) => ({ commentCount: commentCount + 1 }));
    rows.comments.set(commentId, {
      id: commentId,
      issueId,
      terrainId: issue.terrainId,
      text,
      authorRole: by.role ?? '',
      organisation: by.organisation,
      mine: true,
      writtenAt: by.at,
    });
  },
  inverse: () => null,
  async send(input, { commandId, terrainId }) {
    const { commentOnIssue: payload } = await execute(mutation, { input: { commandId, ...input } });
    return payload.__typename === 'IssueCommented'
      ? {
          kind: 'done',
          comment: commentFrom(payload.comment, terrainId),
          issue: issueFrom(payload.issue, terrainId),
        }
      : { kind: 'refused', reason: 'ID_TAKEN' };
  },
};
