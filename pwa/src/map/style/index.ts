import type { StyleSpecification } from 'maplibre-gl';
import fontUrl from '@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2?url';
import type { Geometry } from '../../domain/geo';
import { ADDRESS, GROUND, LEAST_ZOOM, MOST_ZOOM } from '../../domain/tiles';
import { accents, buildings, plots, shapes } from './built';
import type { Palette } from './colors';
import { onTop, under, ways } from './ground';
import { LABEL_FONT, labels } from './labels';
import type { Names } from './names';
import { roadTo } from '../tiles';
import { infrastructure } from './works';

/** What a person can switch, and the style layers behind each. Pins are drawn from the device's own copy. */
export const SWITCHED = {
  plots: ['plot', 'plot-line'],
  buildings: ['building-shadow', 'building', 'building-edge', 'ridge', 'solar', 'solar-area'],
  stations: ['cable', 'station'],
  cyclePaths: ['cycle-path', 'cycle-name'],
  lamps: ['lamp'],
  cameras: ['camera'],
  chargers: ['charger'],
  trees: ['public-tree'],
} as const;

/** What marks one plot. Every plot has a place in them, so they are there from the first time that one is marked. */
export const LIT = ['plot-lit', 'plot-lit-fill'] as const;

export type MapLayer = keyof typeof SWITCHED;
export type LayerChoice = Record<MapLayer, boolean>;

/** Lines and areas of issues, as GeoJSON. */
export interface Shapes {
  type: 'FeatureCollection';
  features: {
    type: 'Feature';
    geometry: Geometry;
    properties: { id: string; kind: string; selected: boolean; waiting: boolean; closed: boolean };
  }[];
}

/** The whole map of our own layers and our own font; nothing comes from elsewhere. */
export function buildStyle(
  color: Palette,
  choice: LayerChoice,
  drawn: Shapes,
  names: Names,
  lit: boolean,
): StyleSpecification {
  const hidden = new Set<string>([
    ...Object.entries(SWITCHED).flatMap(([name, ids]) => (choice[name as MapLayer] ? [] : [...ids])),
    ...(lit ? [] : LIT),
  ]);
  const tiles = (layers: string): string[] => [roadTo(layers)];
  return {
    version: 8,
    'font-faces': { [LABEL_FONT]: [{ url: new URL(fontUrl, location.href).href }] },
    sources: {
      terrein: {
        type: 'vector',
        tiles: tiles(GROUND),
        minzoom: LEAST_ZOOM,
        maxzoom: MOST_ZOOM,
        promoteId: { plot: 'id', building: 'id', infrastructure: 'id' },
      },
      shapes: { type: 'geojson', data: drawn },
      names: { type: 'geojson', data: names },
      address: { type: 'vector', tiles: tiles(ADDRESS), minzoom: MOST_ZOOM, maxzoom: MOST_ZOOM },
    },
    layers: [
      ...under(color),
      ...plots(color),
      ...ways(color),
      ...buildings(color),
      ...onTop(color),
      ...accents(color),
      ...shapes(color),
      ...infrastructure(color),
      ...labels(color),
    ].map((layer) =>
      hidden.has(layer.id)
        ? { ...layer, layout: { ...('layout' in layer ? layer.layout : {}), visibility: 'none' } }
        : layer,
    ) as StyleSpecification['layers'],
  };
}
