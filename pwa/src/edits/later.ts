import type { EditKind } from './edit';
import type { KeepPromise } from './field/keep-promise';
import type { MakePromise } from './field/make-promise';
import type { Observe } from './field/observe';
import type { RecordConversation } from './field/record-conversation';
import type { WithdrawConversation } from './field/withdraw-conversation';
import type { WithdrawObservation } from './field/withdraw-observation';
import type { WithdrawPromise } from './field/withdraw-promise';

/** A kind whose looks and words to the server come when it is first sent: most people never walk a round. */
function later<Input>(
  type: string,
  id: keyof Input,
  inverse: (input: Input) => { type: string; input: unknown } | null = () => null,
  after?: (input: Input) => readonly string[],
): EditKind<Input> {
  return {
    subject: (input) => input[id] as string,
    ...(after ? { after } : {}),
    apply: () => undefined,
    inverse,
    async send(input, command) {
      const kind = (await import('./field')).fieldKindOf(type);
      if (!kind) throw new TypeError(`unknown edit ${type}`);
      return kind.send(input, command);
    },
  };
}

/** What somebody does on a walk: none of it changes an issue. */
export const laterKinds = {
  'record-conversation': later<RecordConversation>(
    'record-conversation',
    'conversationId',
    ({ conversationId }) => ({ type: 'withdraw-conversation', input: { conversationId } }),
    ({ issueIds }) => issueIds,
  ),
  'withdraw-conversation': later<WithdrawConversation>('withdraw-conversation', 'conversationId'),
  'make-promise': later<MakePromise>(
    'make-promise',
    'promiseId',
    ({ promiseId }) => ({ type: 'withdraw-promise', input: { promiseId } }),
    ({ conversationId, issueId }) => [conversationId, issueId].filter((id) => id !== null),
  ),
  'keep-promise': later<KeepPromise>('keep-promise', 'promiseId', ({ promiseId, done }) => ({
    type: 'keep-promise',
    input: { promiseId, done: !done },
  })),
  'withdraw-promise': later<WithdrawPromise>('withdraw-promise', 'promiseId'),
  observe: later<Observe>('observe', 'observationId', ({ observationId }) => ({
    type: 'withdraw-observation',
    input: { observationId },
  })),
  'withdraw-observation': later<WithdrawObservation>('withdraw-observation', 'observationId'),
} as const;
