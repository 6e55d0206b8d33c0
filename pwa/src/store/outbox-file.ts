import type { TerreinDb } from './db';

/**
 * Everything in the queue as a file of one's own: what waits, and what was refused with its reason. Rows of a newer
 * app are in it as they lie there. What the server never takes is not lost with the device that holds it.
 */
export async function outboxFile(db: TerreinDb): Promise<File> {
  const writtenAt = new Date().toISOString();
  const commands = await db.outbox.orderBy('seq').toArray();
  return new File(
    [JSON.stringify({ app: 'terrein', writtenAt, commands }, null, 2)],
    `terrein-${writtenAt.slice(0, 10)}.json`,
    { type: 'application/json' },
  );
}
