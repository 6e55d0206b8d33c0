/** Tiles as somebody came past them. */
export const TILES = 'tiles';
/** The header of a question that is asked with the eyes of another role. */
export const EYES = 'x-terrein-see-as';
/** Asked of the worker when the tiles are no longer this person's to see; it answers when they are gone. */
export const FORGET = 'forget-tiles';
