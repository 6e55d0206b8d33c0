import { liveQuery } from 'dexie';

/**
 * Rows of the local store as state: read again when they change in any tab, or when what they depend on does.
 * `depends` is read as state; null means that there is nothing to ask for now.
 */
export function live<Depends, Value>(
  depends: () => Depends | null,
  query: (depends: Depends) => Promise<Value>,
  initial: Value,
): { readonly value: Value; readonly loaded: boolean } {
  let value = $state.raw(initial);
  let loaded = $state(false);
  $effect(() => {
    const given = depends();
    loaded = false;
    value = initial;
    if (given === null) return;
    const subscription = liveQuery(() => query(given)).subscribe({
      next: (rows) => {
        value = rows;
        loaded = true;
      },
      error: (error) => console.error(error),
    });
    return () => subscription.unsubscribe();
  });
  return {
    get value() {
      return value;
    },
    get loaded() {
      return loaded;
    },
  };
}
