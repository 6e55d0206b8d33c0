/** Seconds as minutes and seconds on a clock: 60 is 1:00. */
export const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
