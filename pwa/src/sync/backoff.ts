/** Seconds to wait after so many failures in a row: 1, 2, 4 .. 60, with up to a quarter of chance so that phones do not come back all at once. */
export function backoffMs(failures: number, chance: number = Math.random()): number {
  const base = Math.min(60_000, 1000 * 2 ** Math.min(failures, 6));
  return Math.round(base * (1 + chance / 4));
}
