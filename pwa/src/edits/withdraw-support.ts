import { withdrawSupport as mutation } from '../api/operations/writes';
import { tell } from './answer';
import { patch, type EditKind } from './edit';

export interface WithdrawSupport {
  supportId: string;
  issueId: string;
}

export const withdrawSupport: EditKind<WithdrawSupport> = {
  subject: (input) => input.issueId,
  apply(rows, { issueId, supportId }) {
    patch(rows, issueId, (issue) => ({
      viewerSupport: issue.viewerSupport?.id === supportId ? null : issue.viewerSupport,
      supportCount: Math.max(0, issue.supportCount - 1),
    }));
  },
  inverse: () => null,
  send: ({ supportId }, { commandId, terrainId }) => tell(mutation, { commandId, supportId }, terrainId),
};
