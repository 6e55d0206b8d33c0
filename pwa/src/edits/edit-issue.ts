import { editIssue as mutation } from '../api/operations/writes';
import type { Geometry } from '../domain/geo';
import type { IssueKind, Theme } from '../domain/issue';
import { tell } from './answer';
import { patch, type EditKind } from './edit';

/** What is left out stays as it is; null clears. */
export interface IssueChange {
  kind?: IssueKind;
  theme?: Theme;
  title?: string | null;
  description?: string | null;
  geometry?: Geometry;
  placeLabel?: string | null;
  addPartyIds?: string[];
}

export interface EditIssue {
  issueId: string;
  change: IssueChange;
  /** Goes with another geometry; the server finds it out by itself. */
  outsideTerrain?: boolean;
}

export const editIssue: EditKind<EditIssue> = {
  subject: (input) => input.issueId,
  apply(rows, { issueId, change, outsideTerrain }) {
    const { addPartyIds: _, ...fields } = change;
    patch(rows, issueId, () => ({ ...fields, ...(outsideTerrain === undefined ? {} : { outsideTerrain }) }));
  },
  inverse({ issueId, change, outsideTerrain }, before) {
    const issue = before.issues.get(issueId);
    if (!issue) return null;
    const back = Object.fromEntries(
      Object.keys(change)
        .filter((field) => field !== 'addPartyIds')
        .map((field) => [field, issue[field as keyof typeof issue]]),
    ) as IssueChange;
    const outside = outsideTerrain === undefined ? {} : { outsideTerrain: issue.outsideTerrain };
    return { type: 'edit-issue', input: { issueId, change: back, ...outside } };
  },
  send: ({ issueId, change }, { commandId, version, terrainId }) =>
    tell(mutation, { commandId, issueId, version, ...change }, terrainId),
};
