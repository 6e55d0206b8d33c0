import type { Issue, IssueComment, Support } from '../domain/issue';

/** The part of the local copy that edits change. */
export interface IssueRows {
  issues: Map<string, Issue>;
  comments: Map<string, IssueComment>;
}

/** Who makes the edit and when, fixed when it is made so that a replay gives the same rows. */
export interface MadeBy {
  role: string | null;
  organisation: string | null;
  at: string;
}

/** A row of the local copy, with the table it belongs in. */
export interface KeptRow {
  table: 'conversation' | 'promise' | 'observation' | 'photo' | 'voiceNote';
  row: { id: string; version?: number };
}

/** What came back from the server, as far as the local copy cares. */
export type Outcome =
  | {
      kind: 'done';
      issue?: Issue;
      comment?: IssueComment;
      rows?: KeptRow[];
      /** What is gone: an issue, or something of the other tables. */
      gone?: string;
    }
  /** Somebody else gave one of the fields another value first: which, and how the issue is now. */
  | { kind: 'changed-meanwhile'; issue: Issue; fields: readonly string[] }
  | { kind: 'refused'; reason: string };

/**
 * One thing a person can do to an issue: how it looks before the server knows (`apply`),
 * how it is taken back (`inverse`) and how it is told (`send`).
 */
export interface EditKind<Input> {
  /** The issue the edit is about: edits of one issue are sent in order, those of different issues are not held up by each other. */
  subject(input: Input): string;
  /** Other subjects that have to be at the server first, such as the conversation of a promise. */
  after?(input: Input): readonly string[];
  /** Changes the rows in place. A row that is missing is left alone: it may have been deleted since. */
  apply(rows: IssueRows, input: Input, by: MadeBy): void;
  /** The edit that takes this one back, given the rows before it; null when nothing does. */
  inverse(input: Input, before: IssueRows): { type: string; input: unknown } | null;
  /** `version`: of the issue the edit was based on; `commandId` stays the same on every try. */
  send(input: Input, command: { commandId: string; version: number; terrainId: string }): Promise<Outcome>;
}

/** Replaces the issue with a changed copy. */
export function patch(rows: IssueRows, id: string, change: (issue: Issue) => Partial<Issue>): void {
  const issue = rows.issues.get(id);
  if (issue) rows.issues.set(id, { ...issue, ...change(issue) });
}

export function withSupport(issue: Issue, support: Support): Partial<Issue> {
  return {
    viewerSupport: support,
    supportCount: issue.viewerSupport ? issue.supportCount : issue.supportCount + 1,
  };
}
