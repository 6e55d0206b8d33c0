/** Stands where the reader of PMTiles looks for a way to unpack that browsers have themselves since 2023. */
export function decompressSync(): never {
  throw new Error('this browser cannot unpack');
}
