import { withdrawConversation as mutation } from '../../api/operations/walk';
import { tell, type FieldKind } from './kind';

export interface WithdrawConversation {
  conversationId: string;
}

export const withdrawConversation: FieldKind<WithdrawConversation> = {
  apply(rows, { conversationId }) {
    rows.conversations.delete(conversationId);
  },
  send: (input, { commandId, terrainId }) => tell(mutation, { commandId, ...input }, terrainId),
};
