import type { Map as MapLibre } from 'maplibre-gl';
import { TerraDraw, TerraDrawRenderMode, TerraDrawSelectMode, type HexColor } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { Geometry, Position } from '../domain/geo';
import { uuidv7 } from '../domain/id';
import { geometryOf, pointsOf, type Shape } from '../domain/sketch';
import type { Palette } from './style/colors';

export interface DrawingEvents {
  /** Whether the corners, while one of them is dragged, are a shape that may be. */
  fits: (points: Position[]) => boolean;
  /** Where a dragged corner clings to; the same spot when nothing is near. */
  snapped: (at: Position) => Position;
  /** A corner was dragged to its place, or a new one out of the middle of a side. */
  changed: (points: Position[]) => void;
}

/** What is on the map of a sketch. */
export interface Drawn {
  shape: Shape;
  points: readonly Position[];
  /** The corners can be taken hold of; while it is being drawn a finger moves the map. */
  movable: boolean;
  /** The number of the corner that the keys are on. */
  selected: number | null;
  /** Whether a dashed line goes on to the crosshair. */
  aiming: boolean;
  /** Where the next corner would cling to. */
  target: Position | null;
}

const SKETCH = 'sketch';
const AIM = 'aim';
const MARK = 'mark';
/** A finger takes hold of a corner this far from it. */
const HOLD_PX = 28;

/** What terra-draw draws: the sketch itself, the line to the crosshair, and marks at corners. */
export class Drawing {
  readonly #draw: TerraDraw;
  #palette: Palette;
  #drawn: Drawn = { shape: 'LINE', points: [], movable: false, selected: null, aiming: false, target: null };
  #laid = new Set<string>();
  #gone = false;
  readonly #aim = (): void => this.#layAim();

  constructor(
    readonly map: MapLibre,
    palette: Palette,
    readonly events: DrawingEvents,
  ) {
    this.#palette = palette;
    const ink = (): HexColor => hex(this.#palette.ink);
    const surface = (): HexColor => hex(this.#palette.surface);
    const signal = (): HexColor => hex(this.#palette.signal);
    const handles = {
      selectionPointColor: surface,
      selectionPointWidth: 9,
      selectionPointOutlineColor: ink,
      selectionPointOutlineWidth: 3,
      midPointColor: surface,
      midPointWidth: 5,
      midPointOutlineColor: ink,
      midPointOutlineWidth: 2,
      selectedLineStringColor: ink,
      selectedLineStringWidth: 4,
      selectedPolygonColor: signal,
      selectedPolygonFillOpacity: 0.26,
      selectedPolygonOutlineColor: ink,
      selectedPolygonOutlineWidth: 4,
    };
    const area = {
      polygonFillColor: signal,
      polygonFillOpacity: 0.26,
      polygonOutlineColor: ink,
      polygonOutlineWidth: 4,
    };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
      idStrategy: { isValidId: (id) => typeof id === 'string', getId: uuidv7 },
      modes: [
        new TerraDrawSelectMode({
          styles: handles,
          keyEvents: null,
          pointerDistance: HOLD_PX,
          allowManualSelection: false,
          allowManualDeselection: false,
          flags: {
            [SKETCH]: {
              feature: {
                draggable: false,
                validation: ({ geometry }) => ({
                  valid: this.events.fits(pointsOf(geometry as Geometry)?.points ?? []),
                }),
                coordinates: {
                  draggable: true,
                  midpoints: { draggable: true },
                  snappable: { toCustom: ({ lng, lat }) => this.events.snapped([lng, lat]) },
                },
              },
            },
          },
        }),
        new TerraDrawRenderMode({
          modeName: SKETCH,
          styles: { ...area, lineStringColor: ink, lineStringWidth: 4, zIndex: 10 },
        }),
        new TerraDrawRenderMode({
          modeName: AIM,
          styles: { lineStringColor: ink, lineStringWidth: 2.5, lineStringOpacity: 0.6, zIndex: 5 },
        }),
        new TerraDrawRenderMode({
          modeName: MARK,
          styles: {
            pointColor: ({ properties }) => (properties['look'] === 'corner' ? surface() : signal()),
            pointWidth: ({ properties }) => (properties['look'] === 'corner' ? 6 : 11),
            pointOutlineColor: ink,
            pointOutlineWidth: 3,
            zIndex: 40,
          },
        }),
      ],
    });
    this.#draw.start();
    this.#draw.setMode(SKETCH);
    this.#draw.on('finish', (id) => {
      const feature = this.#draw.getSnapshotFeature(id);
      const points = id === SKETCH && feature ? pointsOf(feature.geometry as Geometry)?.points : null;
      if (points) this.events.changed(points);
    });
    map.on('move', this.#aim);
  }

  show(drawn: Drawn): void {
    if (this.#gone) return;
    this.#drawn = drawn;
    const { points, movable, selected, target } = drawn;
    const area = drawn.shape === 'AREA' && points.length > 2;
    const geometry = geometryOf(area ? 'AREA' : 'LINE', points);
    this.#lay(SKETCH, SKETCH, geometry);
    const hold = movable && geometry !== null;
    if (hold && this.#draw.getMode() !== 'select') this.#draw.selectFeature(SKETCH);
    else if (!hold && this.#draw.getMode() === 'select') this.#draw.setMode(SKETCH);
    const marks = new Map<string, Position>();
    // Corners that can be taken hold of have a handle already.
    if (!hold) points.forEach((at, i) => marks.set(`corner ${i}`, at));
    const chosen = selected === null ? undefined : points[selected];
    if (chosen) marks.set('chosen', chosen);
    if (target) marks.set('target', target);
    for (const key of this.#laid)
      if ((key.startsWith('corner') || key === 'chosen' || key === 'target') && !marks.has(key))
        this.#lay(key, MARK, null);
    for (const [key, at] of marks) this.#lay(key, MARK, { type: 'Point', coordinates: at });
    this.#layAim();
  }

  recolour(palette: Palette): void {
    if (this.#gone) return;
    this.#palette = palette;
    // The styles are asked again for each feature that is laid anew.
    for (const key of [...this.#laid]) this.#lay(key, MARK, null);
    this.#draw.setMode(SKETCH);
    this.show(this.#drawn);
  }

  remove(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.map.off('move', this.#aim);
    this.#draw.stop();
  }

  #layAim(): void {
    const { aiming, points, shape } = this.#drawn;
    const last = points[points.length - 1];
    const first = points[0];
    if (!aiming || !last || !first) return this.#lay(AIM, AIM, null);
    const to = this.map.getCenter().toArray() as Position;
    const line = shape === 'AREA' && points.length > 1 ? [last, to, first] : [last, to];
    this.#lay(AIM, AIM, { type: 'LineString', coordinates: line });
  }

  #lay(id: string, mode: string, geometry: Geometry | null): void {
    const there = this.#draw.hasFeature(id) ? this.#draw.getSnapshotFeature(id) : undefined;
    if (there && there.geometry.type === geometry?.type) {
      this.#draw.updateFeatureGeometry(id, geometry as typeof there.geometry);
      return;
    }
    if (there) {
      if (id === SKETCH && this.#draw.getMode() === 'select') this.#draw.setMode(SKETCH);
      this.#draw.removeFeatures([id]);
    }
    this.#laid.delete(id);
    if (!geometry) return;
    const [answer] = this.#draw.addFeatures([
      {
        id,
        type: 'Feature',
        geometry: geometry as NonNullable<typeof there>['geometry'],
        properties: { mode, look: id.split(' ')[0] ?? id },
      },
    ]);
    if (!answer?.valid) throw new Error(`${id}: ${answer?.reason ?? 'not drawn'}`);
    this.#laid.add(id);
  }
}

/** The page tells colours as `rgb(1, 2, 3)`; terra-draw speaks only of `#010203`. */
function hex(color: string): HexColor {
  const parts = color.match(/\d+(?:\.\d+)?/g)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, '0')).join('')}`;
}
