import type { StyleSpecification } from 'maplibre-gl';
import fontUrl from '@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2?url';
import type { Geometry } from '../../domain/geo';
import { accents, buildings, plots, shapes } from './built';
import type { Palette } from './colors';
import { onTop, under, ways } from './ground';
import { LABEL_FONT, labels } from './labels';
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

export type MapLayer = keyof typeof SWITCHED;
export type LayerChoice = Record<MapLayer, boolean>;

/** Lines and areas of issues, as GeoJSON. */
export interface Shapes {
  type: 'FeatureCollection';
  features: {
    type: 'Feature';
    geometry: Geometry;
    properties: { kind: string; selected: boolean };
  }[];
}

/** Tiles of one address, so that one request fills the map. */
const GROUND = 'backdrop,terrain,plot,building,infrastructure';

/** The whole map of our own layers and our own font; nothing comes from elsewhere. */
export function buildStyle(color: Palette, choice: LayerChoice, drawn: Shapes): StyleSpecification {
  const hidden = new Set<string>(
    Object.entries(SWITCHED).flatMap(([name, ids]) => (choice[name as MapLayer] ? [] : [...ids])),
  );
  const tiles = (layers: string): string[] => [`${location.origin}/tiles/${layers}/{z}/{x}/{y}`];
  return {
    version: 8,
    'font-faces': { [LABEL_FONT]: [{ url: new URL(fontUrl, location.href).href }] },
    sources: {
      terrein: {
        type: 'vector',
        tiles: tiles(GROUND),
        minzoom: 6,
        maxzoom: 16,
        promoteId: { plot: 'id', building: 'id', infrastructure: 'id' },
      },
      shapes: { type: 'geojson', data: drawn },
      address: { type: 'vector', tiles: tiles('address'), minzoom: 16, maxzoom: 16 },
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
