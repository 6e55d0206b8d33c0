/** Tiles as somebody came past them. */
export const TILES = 'tiles';
/** The tiles of the terrain in use, down to the street: what the map stands on without a network. */
export const GROUND_KEPT = 'ground';
/** The header of a question that is asked with the eyes of another role. */
export const EYES = 'x-terrein-see-as';
/** Asked of the worker when the tiles are no longer this person's to see; it answers when they are gone. */
export const FORGET = 'forget-tiles';
