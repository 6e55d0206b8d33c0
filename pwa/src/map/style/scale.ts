import type { ExpressionSpecification } from 'maplibre-gl';

/** Pixels per metre at zoom 0 with tiles of 512 px, at 52 degrees north: the middle of the Netherlands. */
const PX_PER_M_0 = 512 / (40_075_016.7 * Math.cos((52 * Math.PI) / 180));

export const pxPerMetre = (zoom: number): number => PX_PER_M_0 * 2 ** zoom;

/** A width in metres as pixels at every zoom, `least` pixels at the smallest. */
export function metres(width: number | ExpressionSpecification, extraPx = 0): ExpressionSpecification {
  const at = (zoom: number): ExpressionSpecification => ['+', ['*', width, pxPerMetre(zoom)], extraPx];
  return ['interpolate', ['exponential', 2], ['zoom'], 8, at(8), 22, at(22)];
}

/** The attribute in metres, or a usual width where the source has none. */
export const widthOr = (usual: number): ExpressionSpecification => [
  'coalesce',
  ['to-number', ['get', 'width_m'], usual],
  usual,
];
