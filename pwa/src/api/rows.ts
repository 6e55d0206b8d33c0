import type { ResultOf } from 'gql.tada';
import type { Issue, IssueComment, IssueKind, Theme } from '../domain/issue';
import type { Photo, VoiceNote } from '../domain/media';
import type { Terrain } from '../domain/place';
import type { Conversation, Observation, Promised } from '../domain/talk';
import type {
  commentFields,
  conversationFields,
  issueFields,
  observationFields,
  photoFields,
  promiseFields,
  terrainFields,
  voiceNoteFields,
} from './operations/fragments';

/** From the graph's shapes to the rows the device keeps. */
export function issueFrom(node: ResultOf<typeof issueFields>, terrainId: string): Issue {
  const { organisation, plot, company, infrastructure, viewerSupport, ...fields } = node;
  return {
    ...fields,
    kind: fields.kind as IssueKind,
    theme: fields.theme as Theme,
    reporterRole: fields.reporterRole ?? null,
    terrainId,
    organisation: organisation?.name ?? null,
    plotId: plot?.id ?? null,
    companyId: company?.id ?? null,
    infrastructureId: infrastructure?.id ?? null,
    viewerSupport: viewerSupport
      ? {
          id: viewerSupport.id,
          companyId: viewerSupport.company?.id ?? null,
          willingness: viewerSupport.willingness,
        }
      : null,
  };
}

export function commentFrom(node: ResultOf<typeof commentFields>, terrainId: string): IssueComment {
  return { ...node, terrainId, organisation: node.organisation?.name ?? null };
}

export function photoFrom(
  {
    photoState: state,
    photoRefusal: refusal,
    photoAddress: address,
    photoCan: viewerCan,
    ...fields
  }: ResultOf<typeof photoFields>,
  terrainId: string,
): Photo {
  return { ...fields, state, refusal: refusal ?? null, address, viewerCan, terrainId };
}

export function voiceNoteFrom(
  {
    soundState: state,
    soundRefusal: refusal,
    soundAddress: address,
    soundCan: viewerCan,
    ...fields
  }: ResultOf<typeof voiceNoteFields>,
  terrainId: string,
): VoiceNote {
  return { ...fields, state, refusal: refusal ?? null, address: address ?? null, viewerCan, terrainId };
}

export function terrainFrom(node: ResultOf<typeof terrainFields>): Terrain {
  return {
    id: node.id,
    name: node.name,
    locality: node.locality ?? null,
    areaM2: node.areaM2,
    audience: node.terrainAudience,
    geometry: node.geometry,
    companyCount: node.counts.companies,
    openIssueCount: node.counts.openIssues,
    canReport: node.viewerCan.reportIssue,
    canTalk: node.viewerCan.recordConversation,
  };
}

export function conversationFrom(
  { company, by, ...fields }: ResultOf<typeof conversationFields>,
  terrainId: string,
): Conversation {
  return { ...fields, terrainId, companyId: company?.id ?? null, role: by ?? null } as Conversation;
}

export function promiseFrom(
  { promiseIssueId, promiseGeometry, ...fields }: ResultOf<typeof promiseFields>,
  terrainId: string,
): Promised {
  return {
    ...fields,
    terrainId,
    issueId: promiseIssueId ?? null,
    geometry: promiseGeometry ?? null,
  } as Promised;
}

export const observationFrom = (
  fields: ResultOf<typeof observationFields>,
  terrainId: string,
): Observation => ({ ...fields, terrainId });
