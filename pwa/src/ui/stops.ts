/** Shares of the height a sheet can rest at; apart from the sheet, which comes when one is opened. */
export const STOPS = [0.16, 0.55, 0.92] as const;
export type Stop = 0 | 1 | 2;
