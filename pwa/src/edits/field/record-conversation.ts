import { recordConversation as mutation } from '../../api/operations/walk';
import type { Theme, Willingness } from '../../domain/issue';
import type { Sharing, Willing } from '../../domain/talk';
import { tell, type FieldKind } from './kind';

export interface RecordConversation {
  conversationId: string;
  terrainId: string;
  /** Null when it was with a party that is no company here: then `otherParty` says which. */
  companyId: string | null;
  otherParty: string | null;
  heldOn: string;
  situation: string | null;
  needs: string | null;
  vision: string | null;
  themes: Theme[];
  willingness: Willing;
  willingnessForms: Willingness[];
  sharing: Sharing;
  attendees: string[];
  issueIds: string[];
  privateNote: string | null;
}

const yes = { allowed: true, reason: null };

export const recordConversation: FieldKind<RecordConversation> = {
  apply(rows, { conversationId, issueIds: _, ...input }, by) {
    rows.conversations.set(conversationId, {
      ...input,
      id: conversationId,
      role: by.role,
      mine: true,
      createdAt: by.at,
      version: 0,
      viewerCan: { withdraw: yes },
    });
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
