import { supportIssue as mutation } from '../api/operations/writes';
import type { Willingness } from '../domain/issue';
import { tell } from './answer';
import { patch, withSupport, type EditKind } from './edit';

export interface SupportIssue {
  supportId: string;
  issueId: string;
  /** Null: the person's own organisation. */
  companyId: string | null;
  willingness: Willingness;
}

export const supportIssue: EditKind<SupportIssue> = {
  subject: (input) => input.issueId,
  apply(rows, { supportId, issueId, companyId, willingness }) {
    patch(rows, issueId, (issue) =>
      // An aanjager notes it for a company: that counts, but is not the aanjager's own support.
      companyId === null
        ? withSupport(issue, { id: supportId, companyId, willingness })
        : { supportCount: issue.supportCount + 1 },
    );
  },
  inverse: ({ supportId, issueId }) => ({ type: 'withdraw-support', input: { supportId, issueId } }),
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
