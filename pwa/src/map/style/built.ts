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

/**
 * Issues that are a line or an area, in the colour of their kind; their pin stands on top. As with pins: yellow around
 * what is chosen, dashed what waits, faint what is closed.
 */
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
  const source = { source: 'shapes', layout: { 'line-cap': 'round', 'line-join': 'round' } } as const;
  const line = {
    'line-color': kind,
    'line-width': 4,
    'line-opacity': ['case', ['get', 'closed'], 0.4, 1] as ExpressionSpecification,
  };
  return [
    {
      id: 'shape-fill',
      type: 'fill',
      source: 'shapes',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {
        'fill-color': ['case', ['get', 'selected'], color.signal, kind],
        'fill-opacity': [
          'case',
          ['get', 'selected'],
          0.26,
          ['any', ['get', 'waiting'], ['get', 'closed']],
          0.06,
          0.16,
        ],
      },
    },
    {
      id: 'shape-halo',
      type: 'line',
      ...source,
      filter: ['get', 'selected'],
      paint: { 'line-color': color.signal, 'line-width': 11 },
    },
    // A light rim, so that the line stands out from roads and roofs.
    { id: 'shape-rim', type: 'line', ...source, paint: { 'line-color': color.halo, 'line-width': 6.5 } },
    { id: 'shape-line', type: 'line', ...source, filter: ['!', ['get', 'waiting']], paint: line },
    {
      id: 'shape-waiting',
      type: 'line',
      source: 'shapes',
      filter: ['get', 'waiting'],
      paint: { ...line, 'line-dasharray': [2, 1.2] },
    },
  ];
}
