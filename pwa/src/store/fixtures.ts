import type { Issue } from '../domain/issue';
import type { MakePromise } from '../edits/field/make-promise';
import type { RecordConversation } from '../edits/field/record-conversation';
import type { ReportIssue } from '../edits/report-issue';
import { TerreinDb } from './db';

/** Builders for tests of the store and of sync. */
export const TERRAIN = 'terrain:01900000-0000-7000-8000-000000000001';
const yes = { allowed: true, reason: null };

export function issueRow(id: string, change: Partial<Issue> = {}): Issue {
  return {
    id,
    terrainId: TERRAIN,
    kind: 'PROBLEM',
    theme: 'SAFETY',
    title: 'Lamp stuk',
    description: null,
    geometry: { type: 'Point', coordinates: [5, 52] },
    placeLabel: null,
    audience: 'TEAM',
    state: 'OPEN',
    stateReason: null,
    reporterRole: 'AANJAGER',
    organisation: 'Stichting',
    mine: true,
    plotId: null,
    companyId: null,
    infrastructureId: null,
    supportCount: 2,
    commentCount: 0,
    viewerSupport: null,
    reportedAt: '2026-09-09T06:12:00Z',
    version: 1,
    outsideTerrain: false,
    viewerCan: {
      edit: yes,
      share: yes,
      changeState: yes,
      support: yes,
      supportForCompany: yes,
      comment: yes,
      withdraw: yes,
      addFile: yes,
    },
    ...change,
  };
}

export function report(issueId: string, change: Partial<ReportIssue> = {}): ReportIssue {
  return {
    issueId,
    terrainId: TERRAIN,
    kind: 'PROBLEM',
    theme: 'SAFETY',
    title: 'Nieuw',
    description: null,
    geometry: { type: 'Point', coordinates: [5, 52] },
    placeLabel: null,
    audience: 'TEAM',
    plotId: null,
    companyId: null,
    partyIds: [],
    outsideTerrain: false,
    device: null,
    ...change,
  };
}

export const talk = (conversationId: string, issueIds: string[]): RecordConversation => ({
  conversationId,
  terrainId: TERRAIN,
  companyId: null,
  otherParty: 'Havenmeester',
  heldOn: '2026-09-16',
  situation: null,
  needs: 'Een slagboom',
  vision: null,
  themes: [],
  willingness: 'NOT_ASKED',
  willingnessForms: [],
  sharing: 'TEAM_ONLY',
  attendees: [],
  issueIds,
  privateNote: null,
});
export const promised = (promiseId: string, conversationId: string): MakePromise => ({
  promiseId,
  terrainId: TERRAIN,
  conversationId,
  companyId: null,
  issueId: null,
  text: 'Uitzoeken',
  ownedBy: 'US',
  dueOn: null,
  geometry: null,
});

export const by = { role: 'AANJAGER', organisation: 'Stichting', at: '2026-09-16T12:00:00Z' };
export const about = (version: number): { terrainId: string; version: number; by: typeof by } => ({
  terrainId: TERRAIN,
  version,
  by,
});

let count = 0;
/** A database of its own for one test. */
export const freshDb = (): TerreinDb => new TerreinDb(`test.${(count += 1)}`);
