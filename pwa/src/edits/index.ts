import { changeIssueState } from './change-issue-state';
import { commentOnIssue } from './comment-on-issue';
import { editIssue } from './edit-issue';
import { laterKinds } from './later';
import { mediaKinds } from './media';
import { reportIssue } from './report-issue';
import { shareIssue } from './share-issue';
import { supportIssue } from './support-issue';
import { withdrawIssue } from './withdraw-issue';
import { withdrawSupport } from './withdraw-support';
import type { EditKind } from './edit';

/** Every edit this version of the app knows. Names are stored in the outbox: never rename one, add. */
export const editKinds = {
  'report-issue': reportIssue,
  'edit-issue': editIssue,
  'share-issue': shareIssue,
  'change-issue-state': changeIssueState,
  'withdraw-issue': withdrawIssue,
  'support-issue': supportIssue,
  'withdraw-support': withdrawSupport,
  'comment-on-issue': commentOnIssue,
  ...laterKinds,
  ...mediaKinds,
} as const;

export type EditType = keyof typeof editKinds;
type InputOf<Kind> = Kind extends EditKind<infer Input> ? Input : never;

/** An edit as it is stored and passed around: a name and plain data. */
export type Edit = { [Type in EditType]: { type: Type; input: InputOf<(typeof editKinds)[Type]> } }[EditType];

/** The kind for a stored name; null for a name from a newer version of the app. */
export function kindOf(type: string): EditKind<unknown> | null {
  return Object.hasOwn(editKinds, type)
    ? (editKinds[type as EditType] as unknown as EditKind<unknown>)
    : null;
}

/** The fields of its issue that an edit gives a value; nothing for what only adds to it. */
export function changedBy(edit: Edit): string[] {
  switch (edit.type) {
    case 'edit-issue':
      return Object.keys(edit.input.change).filter((field) => field !== 'addPartyIds');
    case 'share-issue':
      return ['audience'];
    case 'change-issue-state':
      return ['state'];
    default:
      return [];
  }
}
