import { execute } from '../api/client';
import { issueFrom } from '../api/rows';
import { withdrawSupport as mutation } from '../api/operations/writes';
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
  async send({ supportId }, { commandId, terrainId }) {
    const { withdrawSupport: payload } = await execute(mutation, { input: { commandId, supportId } });
    return { kind: 'done', issue: issueFrom(payload.issue, terrainId) };
  },
};
