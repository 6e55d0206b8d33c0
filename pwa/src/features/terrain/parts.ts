/** The map and what stands on it: by far the largest part of the app. */
export const mapParts = (): Promise<
  [typeof import('../../map/map'), typeof import('../../map/layers/issues')]
> => Promise.all([import('../../map/map'), import('../../map/layers/issues')]);
