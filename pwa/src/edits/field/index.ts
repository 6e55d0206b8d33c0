import { keepPromise } from './keep-promise';
import type { FieldKind } from './kind';
import { makePromise } from './make-promise';
import { observe } from './observe';
import { recordConversation } from './record-conversation';
import { withdrawConversation } from './withdraw-conversation';
import { withdrawObservation } from './withdraw-observation';
import { withdrawPromise } from './withdraw-promise';

/** How the edits of a walk look and are told: comes with the first of them, not with the first screen. */
const fieldKinds = {
  'record-conversation': recordConversation,
  'withdraw-conversation': withdrawConversation,
  'make-promise': makePromise,
  'keep-promise': keepPromise,
  'withdraw-promise': withdrawPromise,
  observe,
  'withdraw-observation': withdrawObservation,
} as const;

/** The kind for a stored name; null for an edit of something else. */
export function fieldKindOf(type: string): FieldKind<unknown> | null {
  return Object.hasOwn(fieldKinds, type)
    ? (fieldKinds[type as keyof typeof fieldKinds] as unknown as FieldKind<unknown>)
    : null;
}
