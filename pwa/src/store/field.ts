import type { Conversation, Observation, Promised } from '../domain/talk';
import { fieldKindOf } from '../edits/field';
import type { FieldRows } from '../edits/field/kind';
import type { TerreinDb } from './db';
import type { OutboxRow } from './outbox';
import type { Pending } from './view';

export interface FieldBase {
  conversations: readonly Conversation[];
  promises: readonly Promised[];
  observations: readonly Observation[];
}

export interface FieldView {
  /** The last one first. */
  conversations: (Conversation & { pending: Pending })[];
  promises: (Promised & { pending: Pending })[];
  observations: (Observation & { pending: Pending })[];
}

export async function readField(db: TerreinDb, terrainId: string): Promise<FieldBase> {
  const [conversations, promises, observations] = await Promise.all([
    db.conversation.where({ terrainId }).toArray(),
    db.promise.where({ terrainId }).toArray(),
    db.observation.where({ terrainId }).toArray(),
  ]);
  return { conversations, promises, observations };
}

/** After every day there is. */
const NEVER = '9999';

/** Nothing but this device knows of them: refused or not, they stay in sight. */
const MAKING = ['record-conversation', 'make-promise', 'observe'];

/**
 * What a person sees of conversations, promises and what was seen on the spot: what the server said, with this
 * device's edits on top. As with issues: a refused edit is left out, a refused new thing stays.
 */
export function fieldViewOf(base: FieldBase, outbox: readonly OutboxRow[]): FieldView {
  const byId = <Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> =>
    new Map(rows.map((row) => [row.id, row]));
  const rows: FieldRows = {
    conversations: byId(base.conversations),
    promises: byId(base.promises),
    observations: byId(base.observations),
  };
  const known = (id: string): boolean =>
    rows.conversations.has(id) || rows.promises.has(id) || rows.observations.has(id);
  const pending = new Map<string, Pending>();
  for (const row of outbox) {
    const kind = fieldKindOf(row.edit.type);
    const making = MAKING.includes(row.edit.type);
    if (!kind || (row.parked && !making)) continue;
    // The answer came already when a crash kept its row: what the server said wins.
    if (making && known(row.subject)) continue;
    kind.apply(rows, row.edit.input, row.by);
    if (pending.get(row.subject) !== 'refused') pending.set(row.subject, row.parked ? 'refused' : 'waiting');
  }
  const seen = <Row extends { id: string }>(made: Map<string, Row>): (Row & { pending: Pending })[] =>
    [...made.values()].map((row) => ({ ...row, pending: pending.get(row.id) ?? null }));
  return {
    conversations: seen(rows.conversations).sort(
      (a, b) => b.heldOn.localeCompare(a.heldOn) || b.createdAt.localeCompare(a.createdAt),
    ),
    promises: seen(rows.promises).sort((a, b) => (a.dueOn ?? NEVER).localeCompare(b.dueOn ?? NEVER)),
    observations: seen(rows.observations),
  };
}
