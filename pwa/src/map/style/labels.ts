import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette } from './colors';

export const LABEL_FONT = 'Hanken Grotesk Variable';

const backdrop = { source: 'terrein', 'source-layer': 'backdrop' } as const;
const font = { 'text-font': [LABEL_FONT] };
const kind = (name: string): ExpressionSpecification => ['==', ['get', 'kind'], name];
const named: ExpressionSpecification = ['has', 'name'];
const onLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
/** Labels along water are set wide, as on paper maps. */
const WATERS: ExpressionSpecification = [
  'any',
  ...['kanaal', 'haven', 'vaart', 'beek', 'gracht'].map(
    (part) => ['in', part, ['downcase', ['get', 'name']]] as ExpressionSpecification,
  ),
] as ExpressionSpecification;

export function labels(color: Palette): LayerSpecification[] {
  const halo = { 'text-halo-color': color.halo, 'text-halo-width': 1.6 };
  return [
    {
      id: 'street-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 14,
      filter: ['all', kind('road'), named, onLine, ['>', ['get', 'rank'], 2]],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'symbol-placement': 'line',
        'symbol-spacing': 260,
        'text-size': ['interpolate', ['linear'], ['zoom'], 14, 10.5, 16, 12.5, 18, 15],
        'text-padding': 6,
        'text-max-angle': 30,
      },
      paint: { 'text-color': color.label, ...halo },
    },
    {
      id: 'cycle-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 15.2,
      filter: ['all', kind('cycle_path'), named, onLine, ['!=', ['get', 'name'], 'Waardweg']],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-size': ['interpolate', ['linear'], ['zoom'], 15, 10, 18, 13],
        'text-offset': [0, -0.8],
      },
      paint: { 'text-color': color.cycle, ...halo },
    },
    {
      id: 'water-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 13.2,
      filter: ['all', kind('label'), onLine, WATERS],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'symbol-placement': 'line-center',
        'text-letter-spacing': 0.16,
        'text-size': ['interpolate', ['linear'], ['zoom'], 14, 11, 17, 15],
      },
      paint: { 'text-color': color.waterLabel, 'text-halo-color': color.water, 'text-halo-width': 1 },
    },
    {
      id: 'course-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 14,
      filter: ['all', kind('label'), onLine, ['!', WATERS]],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'symbol-placement': 'line-center',
        'text-size': ['interpolate', ['linear'], ['zoom'], 14, 10.5, 17, 13],
      },
      paint: { 'text-color': color.label, ...halo },
    },
    {
      id: 'house-number',
      type: 'symbol',
      source: 'address',
      'source-layer': 'address',
      minzoom: 17,
      layout: {
        ...font,
        'text-field': ['slice', ['get', 'label'], ['+', ['index-of', ' ', ['get', 'label']], 1]],
        'text-size': 11,
      },
      paint: { 'text-color': color.placeLabel, ...halo },
    },
    {
      id: 'place-name',
      type: 'symbol',
      ...backdrop,
      filter: ['all', kind('label'), ['==', ['geometry-type'], 'Point']],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'text-size': ['interpolate', ['linear'], ['zoom'], 11, 12, 16, 16],
      },
      paint: { 'text-color': color.placeLabel, ...halo },
    },
  ];
}
