/** The ground in tiles of one address, so that one request fills the map. */
export const GROUND = 'backdrop,terrain,plot,building,infrastructure';
export const ADDRESS = 'address';

/** The deepest tiles there are; what lies nearer is drawn from these. */
export const MOST_ZOOM = 16;
export const LEAST_ZOOM = 6;

export const tilePath = (layers: string, tile: string): string => `/tiles/${layers}/${tile}`;
