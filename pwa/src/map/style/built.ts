import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette } from './colors';
import { metres } from './scale';

const plot = { source: 'terrein', 'source-layer': 'plot' } as const;
const building = { source: 'terrein', 'source-layer': 'building' } as const;

export function plots(color: Palette): LayerSpecification[] {
  return [
    { id: 'plot', type: 'fill', ...plot, minzoom: 12, paint: { 'fill-color': color.plot } },
    {
      id: 'plot-line',
      type: 'line',
      ...plot,
      minzoom: 14,
      paint: { 'line-color': color.plotLine, 'line-width': metres(1.3, 0.4) },
    },
  ];
}

export function buildings(color: Palette): LayerSpecification[] {
  return [
    {
      // A hard shadow to the south-east, as if drawn with a pen.
      id: 'building-shadow',
      type: 'fill',
      ...building,
      minzoom: 14,
      paint: {
        'fill-color': color.buildingShadow,
        'fill-translate': [
          'interpolate',
          ['linear'],
          ['zoom'],
          15,
          ['literal', [0.6, 0.8]],
          18,
          ['literal', [3, 4]],
        ],
        'fill-antialias': false,
      },
    },
    {
      id: 'building',
      type: 'fill',
      ...building,
      minzoom: 12,
      paint: {
        // Two tints by the last digit of the id, so that neighbours come apart.
        'fill-color': [
          'case',
          ['in', ['slice', ['to-string', ['get', 'id']], -1], '02468ace'],
          color.building,
          color.building2,
        ],
        'fill-outline-color': color.buildingEdge,
      },
    },
    {
      id: 'building-edge',
      type: 'line',
      ...building,
      minzoom: 14,
      paint: { 'line-color': color.buildingEdge, 'line-width': 1 },
    },
  ];
}

/** What is chosen or pointed at, and the edge of the park: above all areas. */
export function accents(color: Palette): LayerSpecification[] {
  return [
    {
      id: 'plot-lit',
      type: 'line',
      ...plot,
      paint: {
        'line-color': color.signal,
        'line-width': 4,
        'line-opacity': ['case', ['boolean', ['feature-state', 'lit'], false], 1, 0],
      },
    },
    {
      id: 'plot-lit-fill',
      type: 'fill',
      ...plot,
      paint: {
        'fill-color': color.signal,
        'fill-opacity': ['case', ['boolean', ['feature-state', 'lit'], false], 0.26, 0],
      },
    },
    {
      id: 'bound',
      type: 'line',
      source: 'terrein',
      'source-layer': 'terrain',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': color.ink,
        'line-opacity': 0.55,
        'line-width': ['interpolate', ['linear'], ['zoom'], 12, 1.2, 16, 2],
        'line-dasharray': [5, 2, 1, 2],
      },
    },
  ];
}

/** Issues that are a line or an area, in the colour of their kind; their pin stands on top. */
export function shapes(color: Palette): LayerSpecification[] {
  const kind: ExpressionSpecification = [
    'match',
    ['get', 'kind'],
    'PROBLEM',
    color.problem,
    'OPPORTUNITY',
    color.opportunity,
    color.challenge,
  ];
  return [
    {
      id: 'shape-fill',
      type: 'fill',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': kind, 'fill-opacity': 0.16 },
    },
    {
      id: 'shape-line',
      type: 'line',
      source: 'shapes',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': kind,
        'line-width': ['case', ['get', 'selected'], 6, 3],
        'line-opacity': 0.85,
      },
    },
  ];
}
