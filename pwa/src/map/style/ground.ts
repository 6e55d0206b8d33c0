import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Palette } from './colors';
import { metres, widthOr } from './scale';

const kind = (...kinds: string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', kinds]];
const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
const isLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
const backdrop = { source: 'terrein', 'source-layer': 'backdrop' } as const;
const round = { 'line-cap': 'round', 'line-join': 'round' } as const;

/** Everything that lies under plots and buildings. */
export function under(color: Palette): LayerSpecification[] {
  return [
    { id: 'land', type: 'background', paint: { 'background-color': color.land } },
    {
      id: 'country',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('green'), isArea, ['<', ['get', 'level'], 0]],
      paint: { 'fill-color': color.green, 'fill-opacity': 0.34 },
    },
    {
      id: 'settlement',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('settlement'), isArea],
      paint: { 'fill-color': color.village },
    },
    {
      id: 'terrain',
      type: 'fill',
      source: 'terrein',
      'source-layer': 'terrain',
      paint: { 'fill-color': color.terrain },
    },
    {
      id: 'paved',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('paved'), isArea, ['<=', ['get', 'level'], 0]],
      paint: { 'fill-color': color.terrain },
    },
    {
      id: 'ditch',
      type: 'line',
      ...backdrop,
      minzoom: 12,
      filter: ['all', kind('water'), isLine],
      layout: round,
      // Far away they are only a grain in the land; a street's width off they are water.
      paint: {
        'line-color': color.water,
        'line-width': metres(widthOr(2), 0.3),
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.3, 15, 0.45, 17, 0.9],
      },
    },
    {
      id: 'water',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('water'), isArea],
      paint: { 'fill-color': color.water },
    },
    {
      id: 'quay',
      type: 'line',
      ...backdrop,
      filter: kind('quay'),
      layout: { 'line-join': 'miter' },
      paint: { 'line-color': color.quay, 'line-width': metres(widthOr(2.4), 0.4) },
    },
  ];
}

const road = (rank: ExpressionSpecification): ExpressionSpecification => ['all', kind('road'), isLine, rank];
const MAIN: ExpressionSpecification = ['<=', ['get', 'rank'], 4];
const STREET: ExpressionSpecification = ['>', ['get', 'rank'], 4];

/** Roads and rail, above the plots: streets run between them. */
export function ways(color: Palette): LayerSpecification[] {
  return [
    {
      // Verges, and plots that lie fallow: green wins from the plot under it.
      id: 'green',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('green'), isArea, ['>=', ['get', 'level'], 0]],
      paint: { 'fill-color': color.green },
    },
    {
      id: 'road-area',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('road'), isArea],
      paint: { 'fill-color': color.road, 'fill-outline-color': color.roadCase },
    },
    {
      id: 'cycle-area',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('cycle_path'), isArea],
      paint: { 'fill-color': color.cycle, 'fill-opacity': 0.75 },
    },
    {
      id: 'street-case',
      type: 'line',
      ...backdrop,
      filter: road(STREET),
      layout: round,
      paint: { 'line-color': color.roadCase, 'line-width': metres(widthOr(8), 2.4) },
    },
    {
      id: 'main-case',
      type: 'line',
      ...backdrop,
      filter: road(MAIN),
      layout: round,
      paint: { 'line-color': color.mainRoadCase, 'line-width': metres(widthOr(14), 2.4) },
    },
    {
      id: 'street',
      type: 'line',
      ...backdrop,
      filter: road(STREET),
      layout: round,
      paint: { 'line-color': color.road, 'line-width': metres(widthOr(8), 0.4) },
    },
    {
      id: 'main',
      type: 'line',
      ...backdrop,
      filter: road(MAIN),
      layout: round,
      paint: { 'line-color': color.mainRoad, 'line-width': metres(widthOr(14), 0.6) },
    },
    {
      id: 'rail',
      type: 'line',
      ...backdrop,
      filter: ['all', kind('rail'), isLine],
      paint: { 'line-color': color.rail, 'line-width': metres(widthOr(5), 1.2) },
    },
    {
      id: 'rail-sleepers',
      type: 'line',
      ...backdrop,
      minzoom: 13,
      filter: ['all', kind('rail'), isLine],
      paint: {
        'line-color': color.land,
        'line-width': metres(['*', 0.5, widthOr(5)], 0.6),
        'line-dasharray': [3.4, 3.4],
      },
    },
    {
      id: 'platform',
      type: 'fill',
      ...backdrop,
      filter: ['all', kind('paved'), isArea, ['==', ['get', 'level'], 1]],
      paint: { 'fill-color': color.rail },
    },
  ];
}

/** What stands or is drawn on top of the buildings: roof lines, panels, trees. */
export function onTop(color: Palette): LayerSpecification[] {
  return [
    {
      // Goods and containers in a yard.
      id: 'goods',
      type: 'fill',
      ...backdrop,
      minzoom: 14.5,
      filter: ['all', kind('paved'), isArea, ['>', ['get', 'level'], 1]],
      paint: { 'fill-color': color.building2, 'fill-outline-color': color.buildingEdge },
    },
    {
      id: 'parking',
      type: 'fill',
      ...backdrop,
      minzoom: 14.5,
      filter: ['all', kind('parking'), isArea],
      paint: { 'fill-color': color.plotLine, 'fill-opacity': 0.7 },
    },
    {
      id: 'parking-bays',
      type: 'line',
      ...backdrop,
      minzoom: 14.5,
      filter: ['all', kind('parking'), isLine],
      paint: {
        'line-color': color.plotLine,
        'line-width': metres(widthOr(5)),
        'line-dasharray': [0.38, 0.16],
      },
    },
    {
      id: 'ridge',
      type: 'line',
      ...backdrop,
      minzoom: 14.5,
      filter: ['all', kind('ridge'), isLine],
      paint: { 'line-color': color.ridge, 'line-width': 1.2 },
    },
    {
      id: 'solar-area',
      type: 'fill',
      ...backdrop,
      minzoom: 14,
      filter: ['all', kind('solar'), isArea],
      paint: { 'fill-color': color.solar },
    },
    {
      id: 'solar',
      type: 'line',
      ...backdrop,
      minzoom: 14,
      filter: ['all', kind('solar'), isLine],
      paint: {
        'line-color': color.solar,
        'line-width': metres(widthOr(4)),
        'line-dasharray': [1.25, 0.3],
      },
    },
    {
      id: 'tree',
      type: 'circle',
      ...backdrop,
      minzoom: 13,
      filter: ['all', kind('tree'), ['==', ['geometry-type'], 'Point']],
      paint: {
        'circle-color': color.tree,
        'circle-radius': metres(3.9, 0.3),
        'circle-pitch-alignment': 'map',
      },
    },
  ];
}
