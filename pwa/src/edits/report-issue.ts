import { reportIssue as mutation } from '../api/operations/writes';
import type { Geometry } from '../domain/geo';
import type { Audience, Issue, IssueKind, Theme } from '../domain/issue';
import { tell } from './answer';
import type { EditKind } from './edit';

export interface ReportIssue {
  issueId: string;
  terrainId: string;
  kind: IssueKind;
  theme: Theme;
  title: string | null;
  description: string | null;
  geometry: Geometry;
  placeLabel: string | null;
  audience: Audience;
  plotId: string | null;
  companyId: string | null;
  /** Left out by versions that did not ask for it. */
  infrastructureId?: string | null;
  partyIds: string[];
  outsideTerrain: boolean;
  /** Where the phone said it was; the thing itself is at `geometry`. */
  device: { geometry: Geometry; accuracyM: number; headingDeg: number | null; at: string } | null;
}

const yes = { allowed: true, reason: null };

export const reportIssue: EditKind<ReportIssue> = {
  subject: (input) => input.issueId,
  apply(rows, input, by) {
    const issue: Issue = {
      id: input.issueId,
      terrainId: input.terrainId,
      kind: input.kind,
      theme: input.theme,
      title: input.title,
      description: input.description,
      geometry: input.geometry,
      placeLabel: input.placeLabel,
      audience: input.audience,
      state: 'OPEN',
      stateReason: null,
      reporterRole: by.role,
      organisation: by.organisation,
      mine: true,
      plotId: input.plotId,
      companyId: input.companyId,
      infrastructureId: input.infrastructureId ?? null,
      supportCount: 0,
      commentCount: 0,
      viewerSupport: null,
      reportedAt: by.at,
      version: 0,
      outsideTerrain: input.outsideTerrain,
      viewerCan: {
        edit: yes,
        share: yes,
        changeState: yes,
        support: yes,
        supportForCompany: { allowed: false, reason: null },
        comment: yes,
        withdraw: yes,
        addFile: yes,
      },
    };
    rows.issues.set(issue.id, issue);
  },
  inverse: (input) => ({ type: 'withdraw-issue', input: { issueId: input.issueId } }),
  send({ outsideTerrain: _, ...input }, { commandId, terrainId }) {
    return tell(mutation, { commandId, ...input }, terrainId);
  },
};
