import { commentOnIssue as mutation } from '../api/operations/writes';
import { tell } from './answer';
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
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
