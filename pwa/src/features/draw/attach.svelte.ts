import { distanceM, rounded, type Position } from '../../domain/geo';
import { snapTo, type Snap } from '../../domain/sketch';
import type { Drawing } from '../../map/drawing';
import type { TerrainMap } from '../../map/map';
import { prefs } from '../../prefs.svelte';
import { pin } from '../pin/draft.svelte';
import type { TerrainModel } from '../terrain/model.svelte';
import type { Sketch } from './sketch.svelte';

/** What is nearer than this to a boundary clings to it, in pixels and at most in metres. */
const SNAP_PX = 18;
const SNAP_M = 6;
/** A tap this near a corner means the corner. */
const CORNER_PX = 24;

/** A sketch with its map: how a spot snaps, what a tap means, and what is drawn. */
export class SketchOnMap {
  #drawing = $state.raw<Drawing | null>(null);

  constructor(
    readonly map: TerrainMap,
    readonly sketch: Sketch,
    readonly model: TerrainModel,
    readonly act: { finish: () => void },
  ) {
    const drawing = map.startDrawing({
      fits: (points) => sketch.fits(points),
      snapped: (at) => this.snapped(at),
      changed: (points) => sketch.take(points.map(rounded)),
    });
    void drawing.then((made) => (this.#drawing = made));
    $effect(() => () => void drawing.then((made) => made.remove()));
    $effect(() => {
      pin.tapped = (at) => this.tap(at);
      return () => (pin.tapped = null);
    });
    $effect(() => {
      const last = sketch.points[sketch.points.length - 1];
      pin.aim =
        this.aiming && pin.centre
          ? {
              metres: last ? distanceM(last, this.target?.at ?? pin.centre) : null,
              snap: this.target?.to ?? null,
            }
          : null;
      return () => (pin.aim = null);
    });
    $effect(() =>
      this.#drawing?.show({
        shape: sketch.shape,
        points: sketch.shape === 'POINT' ? [] : sketch.points,
        movable: sketch.done,
        selected: sketch.selected,
        aiming: this.aiming && !sketch.done,
        target: this.target?.at ?? null,
      }),
    );
  }

  /** The crosshair sets corners: while drawing, and while one corner is chosen to be moved. */
  readonly aiming = $derived.by(() => !this.sketch.done || this.sketch.selected !== null);
  /** What the crosshair clings to, once the map is at rest. */
  readonly target = $derived.by(() =>
    this.aiming && pin.centre && !pin.moving ? this.#snap(pin.centre) : null,
  );

  #snap(at: Position): Snap | null {
    if (!prefs.snapping || this.sketch.shape === 'POINT') return null;
    const reach = Math.min(SNAP_M, SNAP_PX / this.map.pxPerMetre);
    return snapTo(
      at,
      this.model.plots.map(({ geometry }) => geometry),
      reach,
    );
  }
  snapped(at: Position): Position {
    return rounded(this.#snap(at)?.at ?? at);
  }

  /** Sets a corner, or moves the chosen one, under the crosshair. */
  put(): void {
    this.#at(this.snapped(this.map.centre));
  }
  /** At a place that was typed: no snapping, it was meant. */
  putAt(at: Position): void {
    this.#at(at);
    pin.wanted = at;
  }
  #at(at: Position): void {
    const { sketch } = this;
    const done = sketch.selected === null ? sketch.add(at) : sketch.move(sketch.selected, at);
    if (done) {
      navigator.vibrate?.(10);
      sketch.selected = null;
    }
  }

  tap(at: Position): void {
    const { sketch, map } = this;
    const here = map.project(at);
    const near = sketch.points.findIndex((point) => {
      const there = map.project(point);
      return Math.hypot(there.x - here.x, there.y - here.y) <= CORNER_PX;
    });
    if (sketch.done) {
      if (near >= 0) this.choose(near);
      else if (sketch.selected !== null) this.#at(this.snapped(at));
      else map.show(at, map.padding, false);
    } else if (near === 0 && sketch.shape === 'AREA' && sketch.enough) this.act.finish();
    else if (near < 0) this.#at(this.snapped(at));
  }

  /** Goes round the corners: to the one after the chosen one, or before it. */
  chooseNext(way: 1 | -1): void {
    const { points, selected } = this.sketch;
    const from = selected ?? (way === 1 ? -1 : points.length);
    this.choose((from + way + points.length) % points.length);
  }
  /** Brings the crosshair to a corner, for it to be moved or taken away. */
  choose(number: number): void {
    const at = this.sketch.points[number];
    if (!at) return;
    this.sketch.selected = number;
    this.sketch.refused = null;
    this.map.show(at, this.map.padding, false);
  }
}
