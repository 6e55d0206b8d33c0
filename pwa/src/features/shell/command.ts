import type { ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
import { ApiError, execute } from '../../api/client';
import { uuidv7 } from '../../domain/id';
import { reasonWord } from '../../i18n/reasons';
import { toast } from '../../ui/toasts.svelte';

/**
 * Does something that only the server can do, now. What goes wrong is told in a toast; null then, so that the
 * screen can stay as it was.
 */
export async function tell<Result, Variables>(
  document: TadaDocumentNode<Result, Variables, unknown>,
  variables: VariablesOf<TadaDocumentNode<Result, Variables, unknown>>,
): Promise<ResultOf<TadaDocumentNode<Result, Variables, unknown>> | null> {
  try {
    return await execute(document, variables);
  } catch (error) {
    tellProblem(error);
    return null;
  }
}

/** Says in a toast what the server refused, or that it is out of reach; a fault of our own is thrown on. */
export function tellProblem(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  toast(reasonWord(error.reason ?? error.code), null, 'triangle-alert');
}

/** The same for a command with an input, under an id of its own. */
export const command = <Result, Variables extends { input: { commandId: string } }>(
  document: TadaDocumentNode<Result, Variables, unknown>,
  input: Omit<Variables['input'], 'commandId'>,
): Promise<ResultOf<TadaDocumentNode<Result, Variables, unknown>> | null> =>
  tell(document, {
    input: { ...input, commandId: uuidv7() },
  } as unknown as VariablesOf<TadaDocumentNode<Result, Variables, unknown>>);
