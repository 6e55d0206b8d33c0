import type { ExpressionSpecification, LayerSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import type { Palette } from './colors';

export const LABEL_FONT = 'Hanken Grotesk Variable';

const backdrop = { source: 'terrein', 'source-layer': 'backdrop' } as const;
const font = { 'text-font': [LABEL_FONT] };
/** On the ground rather than on the glass, in the direction of what is named. */
const along: SymbolLayerSpecification['layout'] = {
  ...font,
  'text-field': ['get', 'name'],
  'text-rotate': ['get', 'angle'],
  'text-rotation-alignment': 'map',
  // On one line, as a course is.
  'text-max-width': 40,
};
const kind = (name: string): ExpressionSpecification => ['==', ['get', 'kind'], name];
const named: ExpressionSpecification = ['has', 'name'];
const onLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];

export function labels(color: Palette): LayerSpecification[] {
  const halo = { 'text-halo-color': color.halo, 'text-halo-width': 1.6 };
  return [
    {
      id: 'street-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 13.5,
      filter: ['all', kind('road'), named, onLine, ['>', ['get', 'rank'], 2]],
      layout: {
        ...font,
        'text-field': ['get', 'name'],
        'symbol-placement': 'line',
        'symbol-spacing': 170,
        'text-size': ['interpolate', ['linear'], ['zoom'], 13.5, 10, 16, 12.5, 18, 14],
        'text-padding': 4,
        'text-max-angle': 30,
      },
      paint: { 'text-color': color.label, ...halo },
    },
    {
      id: 'cycle-name',
      type: 'symbol',
      ...backdrop,
      minzoom: 15.2,
      filter: [
        'all',
        kind('cycle_path'),
        named,
        onLine,
        // A path beside a street bears its name: weg, straat, laan. The street says it.
        ['!', ['in', ['slice', ['get', 'name'], -3], ['literal', ['weg', 'aat', 'aan']]]],
      ],
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
      // Set wide along water, as on paper maps.
      id: 'water-name',
      type: 'symbol',
      source: 'names',
      minzoom: 13.2,
      filter: ['get', 'water'],
      layout: {
        ...along,
        'text-letter-spacing': 0.14,
        'text-size': ['interpolate', ['linear'], ['zoom'], 13.2, 10.5, 15, 12, 17, 15],
      },
      paint: { 'text-color': color.waterLabel, 'text-halo-color': color.water, 'text-halo-width': 1 },
    },
    {
      id: 'course-name',
      type: 'symbol',
      source: 'names',
      minzoom: 13.2,
      filter: ['!', ['get', 'water']],
      layout: { ...along, 'text-size': ['interpolate', ['linear'], ['zoom'], 13.2, 10, 15, 11.5, 17, 13] },
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
