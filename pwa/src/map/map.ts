import {
  type GeoJSONSource,
  Map as MapLibre,
  prewarm,
  setWorkerUrl,
  type MapMouseEvent,
  type MapTouchEvent,
  type PaddingOptions,
  type PointLike,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import './canvas.css';
import type { Bbox, Position } from '../domain/geo';
import { shifted } from '../domain/sketch';
import type { Drawing, DrawingEvents } from './drawing';
import { drawImage, IMAGE_RATIO } from './images';
import { buildStyle, LIT, SWITCHED, type LayerChoice, type MapLayer, type Shapes } from './style';
import { readPalette, type Palette } from './style/colors';
import { namesOf, type NamedLine, type Names } from './style/names';
import { pxPerMetre } from './style/scale';
import { drawFrom, type Source } from './tiles';

setWorkerUrl(workerUrl);
// It reads its half a megabyte of code while the map is made, and is kept for the next one.
prewarm();

export type Padding = PaddingOptions;

export interface MapEvents {
  /** Every frame in which the map moves. */
  move?: () => void;
  /** The map came to rest. */
  rest?: () => void;
  /** The first picture is there. */
  drawn?: () => void;
  /** A tap on the map itself, not on a pin; the issue whose line or area is drawn there. */
  tap?: (at: Position, issueId: string | null) => void;
  longPress?: (at: Position) => void;
  /** The plot under the pointer; null when it left. */
  hoverPlot?: (plotId: string | null) => void;
  /** A tile or the style could not be read. */
  failed?: () => void;
}

const LONG_PRESS_MS = 550;
/** A finger counts as on a line this far from it. */
const FINGER_PX = 14;
/** What is drawn by hand adds layers of its own, by names that begin so; they outlive a change of colours. */
const BY_HAND = 'td-';
/** Lines with a name that are remembered. */
const MOST_NAMES = 400;

/** The one file that knows MapLibre. Everything else speaks of places, pixels and layers of ours. */
export class TerrainMap {
  readonly #map: MapLibre;
  #palette: Palette;
  #choice: LayerChoice;
  #shapes: Shapes = { type: 'FeatureCollection', features: [] };
  #names: Names = { type: 'FeatureCollection', features: [] };
  /** What tiles said so far: a name stays where it is when a tile with part of its line goes. */
  readonly #named = new Map<string, NamedLine>();
  #lit: string | null = null;
  /** A plot was marked on this map. */
  #lights = false;
  #drawing: Drawing | null = null;
  #pressTimer: ReturnType<typeof setTimeout> | undefined;
  /** Pins are laid in here, above the canvas and below the controls. */
  readonly overlay: HTMLElement;

  constructor(
    container: HTMLElement,
    options: {
      bounds: Bbox | null;
      padding: Padding;
      choice: LayerChoice;
      interactive: boolean;
      label: string;
      /** Where its tiles come from. */
      source: Source;
    },
    readonly events: MapEvents,
  ) {
    drawFrom(options.source);
    this.#palette = readPalette();
    this.#choice = options.choice;
    this.#map = new MapLibre({
      container,
      style: buildStyle(this.#palette, options.choice, this.#shapes, this.#names, false),
      ...(options.bounds
        ? { bounds: options.bounds, fitBoundsOptions: { padding: options.padding } }
        : { center: [5.3, 52.15] as Position, zoom: 7 }),
      minZoom: 6,
      maxZoom: 20.5,
      interactive: options.interactive,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: reducedMotion() ? 0 : 120,
      locale: { 'Map.Title': options.label },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.overlay = document.createElement('div');
    this.overlay.className = 'pins';
    this.#map.getCanvasContainer().after(this.overlay);
    this.#map.setMissingStyleImageResolver(async (id) => {
      if (this.#map.hasImage(id)) return;
      const image = await drawImage(id, this.#palette);
      if (image && !this.#map.hasImage(id)) this.#map.addImage(id, image, { pixelRatio: IMAGE_RATIO });
    });
    this.#map.on('move', () => events.move?.());
    this.#map.on('moveend', () => events.rest?.());
    this.#map.on('load', () => {
      events.rest?.();
      container.dataset.ready = '';
      events.drawn?.();
    });
    this.#map.on('idle', () => this.#readNames());
    this.#map.on('error', () => events.failed?.());
    this.#map.on('click', (event) => {
      events.tap?.(event.lngLat.toArray() as Position, this.#shapeAt(event));
    });
    if (events.hoverPlot) {
      this.#map.on('mousemove', (event) => events.hoverPlot?.(this.#plotAt(event)));
      this.#map.on('mouseout', () => events.hoverPlot?.(null));
    }
    if (events.longPress) this.#watchLongPress(events.longPress);
  }

  get centre(): Position {
    return this.#map.getCenter().toArray() as Position;
  }
  get zoom(): number {
    return this.#map.getZoom();
  }
  get pxPerMetre(): number {
    return pxPerMetre(this.#map.getZoom());
  }

  /** Pixels from the top left of the map. */
  project(at: Position): { x: number; y: number } {
    return this.#map.project(at);
  }

  /** Calls at every frame in which the map moves, until what is returned is called. */
  follow(move: () => void): () => void {
    this.#map.on('move', move);
    return () => void this.#map.off('move', move);
  }

  /** Shows a box; at the desk the map eases there, in the field it is simply there. */
  fit(bounds: Bbox, padding: Padding, ease: boolean, maxZoom = 18.5): void {
    // A padding left by `show` would be added to this one.
    this.#map.setPadding({ top: 0, right: 0, bottom: 0, left: 0 });
    this.#map.fitBounds(bounds, { padding, maxZoom, duration: duration(ease), linear: true });
  }

  /** Shows a box with so many pixels around it in the middle of what `padding` leaves free, and keeps that middle. */
  frame(bounds: Bbox, padding: Padding, around: number): void {
    this.#map.setPadding(padding);
    this.#map.fitBounds(bounds, { padding: around, maxZoom: 19, duration: 0 });
  }

  /** Whether a place is in sight, at least `margin` pixels from the edges. */
  sees(at: Position, margin: number): boolean {
    const { x, y } = this.#map.project(at);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    return x > margin && y > margin && x < clientWidth - margin && y < clientHeight - margin;
  }

  /** Brings a place to the middle of what `padding` leaves free. */
  show(at: Position, padding: Padding, ease: boolean, zoom?: number): void {
    this.#map.easeTo({
      center: at,
      padding,
      ...(zoom === undefined ? {} : { zoom: Math.max(zoom, this.zoom) }),
      duration: duration(ease),
    });
  }

  setPadding(padding: Padding): void {
    this.#map.setPadding(padding);
  }

  pan(dx: number, dy: number): void {
    this.#map.panBy([dx, dy], { duration: 0 });
  }

  zoomBy(steps: number): void {
    this.#map.zoomTo(this.zoom + steps, { duration: duration(true) });
  }

  /** Moves so many metres to the east and to the north. */
  step(east: number, north: number): void {
    this.#map.jumpTo({ center: shifted(this.centre, east, north) });
  }

  get padding(): Padding {
    return this.#map.getPadding();
  }

  resize(): void {
    this.#map.resize();
  }

  /** Rereads the colours after a change of theme or stand. */
  recolour(): void {
    if (!this.#map.isStyleLoaded()) {
      this.#map.once('idle', () => this.recolour());
      return;
    }
    this.#palette = readPalette();
    for (const id of this.#map.listImages()) if (id.startsWith('work-')) this.#map.removeImage(id);
    this.#map.setStyle(buildStyle(this.#palette, this.#choice, this.#shapes, this.#names, this.#lights), {
      diff: true,
      transformStyle: (before, after) => ({
        ...after,
        sources: {
          ...after.sources,
          ...Object.fromEntries(
            Object.entries(before?.sources ?? {}).filter(([name]) => name.startsWith(BY_HAND)),
          ),
        },
        layers: [...after.layers, ...(before?.layers ?? []).filter(({ id }) => id.startsWith(BY_HAND))],
      }),
    });
    this.#drawing?.recolour(this.#palette);
  }

  /** Begins to draw by hand on this map. What draws comes when somebody does. */
  async startDrawing(events: DrawingEvents): Promise<Drawing> {
    const { Drawing } = await import('./drawing');
    if (!this.#map.isStyleLoaded()) await this.#map.once('idle');
    this.#drawing?.remove();
    this.#drawing = new Drawing(this.#map, this.#palette, events);
    return this.#drawing;
  }

  choose(choice: LayerChoice): void {
    this.#choice = choice;
    if (!this.#map.isStyleLoaded()) {
      this.#map.once('styledata', () => this.#applyChoice());
      return;
    }
    this.#applyChoice();
  }

  #applyChoice(): void {
    for (const [name, ids] of Object.entries(SWITCHED)) {
      const visibility = this.#choice[name as MapLayer] ? 'visible' : 'none';
      for (const id of ids)
        if (this.#map.getLayer(id)) this.#map.setLayoutProperty(id, 'visibility', visibility);
    }
  }

  /** Draws the lines and areas of issues. */
  draw(features: Shapes['features']): void {
    // Called whenever an issue changes; drawing anew costs a round trip to the worker and a repaint.
    if (JSON.stringify(features) === JSON.stringify(this.#shapes.features)) return;
    this.#shapes = { type: 'FeatureCollection', features };
    const apply = (): void => {
      void this.#map.getSource<GeoJSONSource>('shapes')?.setData(this.#shapes);
    };
    if (this.#map.getSource('shapes')) apply();
    else this.#map.once('load', apply);
  }

  /** Takes over the names along lines that the tiles in sight bring. */
  #readNames(): void {
    const found = this.#map.querySourceFeatures('terrein', {
      sourceLayer: 'backdrop',
      filter: ['all', ['==', ['get', 'kind'], 'label'], ['==', ['geometry-type'], 'LineString']],
    });
    const before = this.#named.size;
    for (const { geometry, properties } of found) {
      if (geometry.type !== 'LineString') continue;
      const name = String(properties['name'] ?? '');
      this.#named.set(`${name} ${JSON.stringify(geometry.coordinates)}`, {
        name,
        line: geometry.coordinates as Position[],
      });
    }
    if (this.#named.size === before) return;
    this.#names = { type: 'FeatureCollection', features: namesOf([...this.#named.values()]) };
    void this.#map.getSource<GeoJSONSource>('names')?.setData(this.#names);
    // Somebody who pans through half the country starts afresh; what is in sight was just drawn.
    if (this.#named.size > MOST_NAMES) this.#named.clear();
  }

  /** Lights one plot, and only that one. */
  light(plotId: string | null): void {
    if (plotId === this.#lit || !this.#map.getSource('terrein')) return;
    const target = (id: string): { source: string; sourceLayer: string; id: string } => ({
      source: 'terrein',
      sourceLayer: 'plot',
      id,
    });
    if (!this.#lights) for (const id of LIT) this.#map.setLayoutProperty(id, 'visibility', 'visible');
    this.#lights = true;
    if (this.#lit) this.#map.removeFeatureState(target(this.#lit), 'lit');
    if (plotId) this.#map.setFeatureState(target(plotId), { lit: true });
    this.#lit = plotId;
  }

  remove(): void {
    this.#drawing?.remove();
    clearTimeout(this.#pressTimer);
    this.#map.remove();
  }

  #shapeAt({ point: { x, y } }: MapMouseEvent): string | null {
    if (!this.#map.getLayer('shape-line')) return null;
    const around: [PointLike, PointLike] = [
      [x - FINGER_PX, y - FINGER_PX],
      [x + FINGER_PX, y + FINGER_PX],
    ];
    const lines = this.#map.queryRenderedFeatures(around, { layers: ['shape-line', 'shape-waiting'] });
    const [hit] = [...lines, ...this.#map.queryRenderedFeatures([x, y], { layers: ['shape-fill'] })];
    return hit ? String(hit.properties['id']) : null;
  }

  #plotAt(event: MapMouseEvent): string | null {
    if (!this.#map.getLayer('plot')) return null;
    const [hit] = this.#map.queryRenderedFeatures(event.point, { layers: ['plot'] });
    return hit?.id === undefined ? null : String(hit.id);
  }

  #watchLongPress(longPress: (at: Position) => void): void {
    const cancel = (): void => clearTimeout(this.#pressTimer);
    this.#map.on('touchstart', (event: MapTouchEvent) => {
      cancel();
      if (event.originalEvent.touches.length !== 1) return;
      const at = event.lngLat.toArray() as Position;
      this.#pressTimer = setTimeout(() => longPress(at), LONG_PRESS_MS);
    });
    for (const name of ['touchend', 'touchcancel', 'touchmove', 'movestart'] as const)
      this.#map.on(name, cancel);
  }
}

const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
const duration = (ease: boolean): number => (ease && !reducedMotion() ? 320 : 0);
