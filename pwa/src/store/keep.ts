/** What there is of room on this device, in bytes, and whether the browser promised to throw nothing away by itself. */
export interface Room {
  used: number;
  quota: number;
  kept: boolean;
}

/** Below this little is sure: a browser throws away what it did not promise to keep. */
const TIGHT = 200_000_000;
const ASKED = 'terrein.asked-to-keep';

/** Null where the browser does not say. */
export async function roomHere(): Promise<Room | null> {
  const [estimate, kept] = await Promise.all([
    navigator.storage?.estimate?.(),
    navigator.storage?.persisted?.(),
  ]);
  if (estimate?.quota === undefined) return null;
  return { used: estimate.usage ?? 0, quota: estimate.quota, kept: kept ?? false };
}

export const isTight = ({ used, quota }: Room): boolean => quota - used < TIGHT;

/**
 * Asks the browser to keep what is here when the device fills up. It may ask its person in turn, so it is asked where
 * it is understood: when somebody made or took something, and by itself once.
 */
export async function askToKeep(again = false): Promise<void> {
  if (!again && localStorage.getItem(ASKED)) return;
  localStorage.setItem(ASKED, 'yes');
  if (!(await navigator.storage?.persisted?.())) await navigator.storage?.persist?.();
}
