import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette } from './colors';
import { metres, widthOr } from './scale';

const works = { source: 'terrein', 'source-layer': 'infrastructure' } as const;
const kind = (name: string): ExpressionSpecification => ['==', ['get', 'kind'], name];

/** Cables, paths, lamps, cameras: each a layer a person can switch. */
export function infrastructure(color: Palette): LayerSpecification[] {
  return [
    {
      id: 'cycle-path',
      type: 'line',
      source: 'terrein',
      'source-layer': 'backdrop',
      filter: ['all', ['==', ['get', 'kind'], 'cycle_path'], ['==', ['geometry-type'], 'LineString']],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': color.cycle, 'line-width': metres(['*', 0.6, widthOr(3)], 1) },
    },
    {
      id: 'cable',
      type: 'line',
      ...works,
      filter: kind('cable'),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': color.petrol,
        'line-width': 1.3,
        'line-opacity': 0.8,
        'line-dasharray': [4, 2.5],
      },
    },
    {
      id: 'public-tree',
      type: 'circle',
      ...works,
      minzoom: 14,
      filter: kind('tree'),
      paint: {
        'circle-color': color.tree,
        'circle-radius': metres(3.9, 0.3),
        'circle-stroke-color': color.placeLabel,
        'circle-stroke-width': 0.6,
      },
    },
    ...(['lamp', 'camera', 'charger', 'station'] as const).map((name): LayerSpecification => ({
      id: name,
      type: 'symbol',
      ...works,
      minzoom: name === 'station' ? 12.5 : 14.5,
      filter: kind(name),
      layout: {
        'icon-image': `work-${name}`,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.55, 16.5, 0.9],
        'icon-allow-overlap': true,
      },
    })),
  ];
}
