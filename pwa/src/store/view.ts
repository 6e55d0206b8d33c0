import { kindOf } from '../edits';
import type { IssueRows } from '../edits/edit';
import type { Issue, IssueComment } from '../domain/issue';
import type { OutboxRow } from './outbox';

export type Pending = 'waiting' | 'refused' | null;

export interface ViewedIssue extends Issue {
  /** Whether this device has something of the issue that the server does not have yet. */
  pending: Pending;
}

export interface IssueView {
  issues: ViewedIssue[];
  comments: (IssueComment & { pending: Pending })[];
}

export interface Base {
  issues: readonly Issue[];
  comments: readonly IssueComment[];
}

/**
 * What a person sees: what the server said, with this device's edits on top in the order they were made.
 * A refused edit is left out, so the view shows what is really so; only a refused new pin stays in sight,
 * because nothing else knows of it.
 */
export function viewOf(base: Base, outbox: readonly OutboxRow[]): IssueView {
  const rows: IssueRows = {
    issues: new Map(base.issues.map((issue) => [issue.id, issue])),
    comments: new Map(base.comments.map((comment) => [comment.id, comment])),
  };
  const pending = new Map<string, Pending>();
  for (const row of outbox) {
    if (row.parked && row.edit.type !== 'report-issue') continue;
    // The answer to this report was applied already when a crash kept its row: base wins.
    if (row.edit.type === 'report-issue' && rows.issues.has(row.subject)) continue;
    kindOf(row.edit.type)?.apply(rows, row.edit.input, row.by);
    const state = row.parked ? 'refused' : 'waiting';
    if (pending.get(row.subject) !== 'refused') pending.set(row.subject, state);
    if (row.edit.type === 'comment-on-issue') pending.set(row.edit.input.commentId, state);
  }
  return {
    issues: [...rows.issues.values()]
      .map((issue) => ({ ...issue, pending: pending.get(issue.id) ?? null }))
      .sort(byDate),
    comments: [...rows.comments.values()]
      .map((comment) => ({ ...comment, pending: pending.get(comment.id) ?? null }))
      .sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1)),
  };
}

const byDate = (a: Issue, b: Issue): number => (a.reportedAt < b.reportedAt ? 1 : -1);
