import { recordConversation as mutation } from '../../api/operations/walk';
import type { Conversation } from '../../domain/talk';
import { tell, type FieldKind } from './kind';

/** A talk as somebody writes it down: with a company, or with `otherParty`. */
export interface RecordConversation extends Omit<
  Conversation,
  'id' | 'role' | 'mine' | 'createdAt' | 'version' | 'viewerCan'
> {
  conversationId: string;
  issueIds: string[];
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
