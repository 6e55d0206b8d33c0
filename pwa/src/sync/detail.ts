import { execute } from '../api/client';
import { issueDetailQuery } from '../api/operations/reads';
import type { TerreinDb } from '../store/db';

/** What has been asked already for each copy in this run, so that an open sheet asks once per change. */
const askedFor = new WeakMap<TerreinDb, Map<string, number>>();

/**
 * Reads who is named, who supports and what happened, and keeps it. Offline, or without the right, the kept
 * details simply stay; the sheet shows the rest.
 */
export async function pullDetail(db: TerreinDb, issueId: string, mark: number): Promise<void> {
  const asked = askedFor.get(db) ?? new Map<string, number>();
  askedFor.set(db, asked);
  if (asked.get(issueId) === mark) return;
  asked.set(issueId, mark);
  try {
    const { node } = await execute(issueDetailQuery, { id: issueId });
    if (!node || !('parties' in node)) return;
    await db.detail.put({
      issueId,
      parties: node.parties.edges.map(({ node: party }) => ({
        ...party,
        addressLabel: party.addressLabel ?? null,
      })),
      supports: node.supports.edges.map(({ node: { company, organisation, ...support } }) => ({
        ...support,
        company: company ?? null,
        organisation: organisation ?? null,
      })),
      history: node.history.edges.map(({ node: event }) => ({
        ...event,
        fromState: event.fromState ?? null,
        toState: event.toState ?? null,
        reason: event.reason ?? null,
        fromAudience: event.fromAudience ?? null,
        toAudience: event.toAudience ?? null,
      })),
    });
  } catch {
    asked.delete(issueId);
  }
}
