import { terrainChanged } from '../api/operations/reads';
import { textOf } from '../api/graphql';

export interface Listening {
  close(): void;
}

/**
 * Calls back when the server says that something changed on a terrain, and after every reconnect:
 * what was said in between is not repeated, so the feed must be read.
 */
export function listen(terrainId: string, changed: () => void): Listening {
  let closed = false;
  let dispose: (() => void | Promise<void>) | null = null;
  void connect();

  async function connect(): Promise<void> {
    const { createClient } = await import('graphql-ws');
    if (closed) return;
    const url = new URL('/graphql/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const client = createClient({
      url: url.href,
      lazy: false,
      keepAlive: 20_000,
      retryAttempts: Infinity,
      shouldRetry: () => !closed,
      // Quick at first, for a tunnel or a lift; then at most half a minute.
      retryWait: (retries) =>
        new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** retries))),
      on: { connected: () => changed() },
    });
    const unsubscribe = client.subscribe(
      {
        query: textOf(terrainChanged),
        operationName: 'TerrainChanged',
        variables: { terrains: [terrainId] },
      },
      { next: changed, error: () => changed(), complete: () => undefined },
    );
    dispose = () => {
      unsubscribe();
      return client.dispose();
    };
  }

  return {
    close() {
      closed = true;
      void dispose?.();
    },
  };
}
