import type { Geometry } from './geo';
import type { Permission, Theme, Willingness } from './issue';

export const WILLING = ['YES', 'MAYBE', 'NO', 'NOT_ASKED'] as const;
export type Willing = (typeof WILLING)[number];

/** How far what was said may go: with the company's name, without it, or not past the team. */
export const SHARINGS = ['WITHOUT_NAME', 'WITH_NAME', 'TEAM_ONLY'] as const;
export type Sharing = (typeof SHARINGS)[number];

export interface Conversation {
  id: string;
  terrainId: string;
  companyId: string | null;
  otherParty: string | null;
  /** A day: 2026-11-25. */
  heldOn: string;
  situation: string | null;
  needs: string | null;
  vision: string | null;
  themes: Theme[];
  willingness: Willing;
  willingnessForms: Willingness[];
  sharing: Sharing;
  /** Only for who wrote it. */
  privateNote: string | null;
  /** Who sat at the table, by role. */
  attendees: string[];
  role: string | null;
  mine: boolean;
  createdAt: string;
  /** 0 while only this device knows it. */
  version: number;
  viewerCan: { withdraw: Permission };
}

export type PromiseOwner = 'US' | 'PARTY';

/** Something somebody said they would do, with a day. */
export interface Promised {
  id: string;
  terrainId: string;
  conversationId: string | null;
  issueId: string | null;
  companyId: string | null;
  text: string;
  ownedBy: PromiseOwner;
  /** A day: 2026-11-25. Null when none was named. */
  dueOn: string | null;
  doneAt: string | null;
  /** Where it is due; null when nobody knows. */
  geometry: Geometry | null;
  version: number;
  viewerCan: { keep: Permission; withdraw: Permission };
}

export const QUESTIONS = {
  COMPANY_PRESENT: ['YES', 'NO', 'MOVED'],
  COMPANY_ACTIVITY: null,
  BUILDING_USE: ['IN_USE', 'PARTLY', 'VACANT'],
  PLOT_USE: ['IN_USE', 'FALLOW', 'FOR_SALE'],
  INFRASTRUCTURE_CONDITION: ['GOOD', 'FAIR', 'BAD', 'BROKEN'],
} as const;
export type Question = keyof typeof QUESTIONS;

/** The answers of a question; null where somebody writes a few words. */
export const answersOf = (question: Question): readonly string[] | null => QUESTIONS[question];

/** What somebody saw on the spot. It stands beside what the registers say. */
export interface Observation {
  id: string;
  terrainId: string;
  subjectId: string;
  question: Question;
  answer: string;
  /** As the phone says. */
  seenAt: string;
  mine: boolean;
}

/** When each company was last spoken to: a day by company. */
export function spokenOn(
  conversations: readonly Pick<Conversation, 'companyId' | 'heldOn'>[],
): Map<string, string> {
  const last = new Map<string, string>();
  for (const { companyId, heldOn } of conversations)
    if (companyId && heldOn > (last.get(companyId) ?? '')) last.set(companyId, heldOn);
  return last;
}

/** Of each subject and question the newest answer counts; by `subject question`. */
export function newestAnswers<T extends Pick<Observation, 'subjectId' | 'question' | 'seenAt'>>(
  observations: readonly T[],
): Map<string, T> {
  const newest = new Map<string, T>();
  for (const observation of observations) {
    const key = `${observation.subjectId} ${observation.question}`;
    if (observation.seenAt >= (newest.get(key)?.seenAt ?? '')) newest.set(key, observation);
  }
  return newest;
}
