import { m } from '../../i18n';
import type { Spot } from '../../domain/place';

/** Longest words for a place that the server takes. */
const MOST = 200;
/** Nearer than this a point is at the address itself. */
const AT_M = 15;

/** A place as people say it: "Havenweg 14", "bij Havenweg 14", or nothing when no address is near. */
export function placeLabel({ address, addressM, plot }: Spot): string | null {
  if (!address) return plot ? m.plot_named({ plot: `${plot.section} ${plot.number}` }) : null;
  return addressM <= AT_M ? address.label : m.near({ place: address.label });
}

/** The same, as it is told to the server. */
export const toldLabel = (spot: Spot): string | null => placeLabel(spot)?.slice(0, MOST) ?? null;
