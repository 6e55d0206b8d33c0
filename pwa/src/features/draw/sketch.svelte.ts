import type { Geometry, Position } from '../../domain/geo';
import { crosses, geometryOf, LEAST, MOST, type Shape } from '../../domain/sketch';

/** Why the last act was not done. */
export type Refusal = 'CROSSES' | 'LEAST' | 'MOST';

const HISTORY = 100;

/** A line or an area under somebody's hands: its corners, and the way back. */
export class Sketch {
  points = $state.raw<Position[]>([]);
  /** No longer being drawn; its corners can be moved. */
  done = $state(false);
  /** The number of the corner that keys and buttons are on. */
  selected = $state<number | null>(null);
  refused = $state<Refusal | null>(null);
  #history = $state.raw<Position[][]>([]);

  constructor(
    readonly shape: Shape,
    points: Position[],
    done: boolean,
    /** Told of every change, at once: a phone may switch off at any moment. */
    readonly kept: (sketch: Sketch) => void = () => undefined,
  ) {
    this.points = points;
    this.done = done;
  }

  get closed(): boolean {
    return this.shape === 'AREA' && this.done;
  }
  get enough(): boolean {
    return this.points.length >= LEAST[this.shape];
  }
  get geometry(): Geometry | null {
    return geometryOf(this.shape, this.points);
  }
  get canUndo(): boolean {
    return this.#history.length > 0 || (!this.done && this.points.length > 0);
  }

  fits(points: readonly Position[]): boolean {
    return this.shape === 'POINT' || !crosses(points, this.closed);
  }

  add(at: Position): boolean {
    const points = [...this.points, at];
    if (points.length > MOST) return this.#refuse('MOST');
    return this.#take(points);
  }
  move(number: number, at: Position): boolean {
    return this.#take(this.points.with(number, at));
  }
  remove(number: number): boolean {
    if (this.points.length <= LEAST[this.shape]) return this.#refuse('LEAST');
    const taken = this.#take(this.points.toSpliced(number, 1));
    if (taken) this.selected = null;
    return taken;
  }
  /** All corners at once, as a finger dragged them. */
  take(points: Position[]): boolean {
    return this.#take(points);
  }

  finish(): boolean {
    if (!this.enough) return this.#refuse('LEAST');
    if (this.shape === 'AREA' && crosses(this.points, true)) return this.#refuse('CROSSES');
    this.done = true;
    this.refused = null;
    this.kept(this);
    return true;
  }
  goOn(): void {
    this.done = false;
    this.selected = null;
    this.kept(this);
  }

  undo(): void {
    const before = this.#history[this.#history.length - 1];
    if (before) this.#history = this.#history.slice(0, -1);
    else if (this.done || this.points.length === 0) return;
    this.points = before ?? this.points.slice(0, -1);
    this.selected = null;
    this.refused = null;
    this.kept(this);
  }

  #take(points: Position[]): boolean {
    if (!this.fits(points)) return this.#refuse('CROSSES');
    this.#history = [...this.#history, this.points].slice(-HISTORY);
    this.points = points;
    this.refused = null;
    this.kept(this);
    return true;
  }
  #refuse(why: Refusal): false {
    this.refused = why;
    navigator.vibrate?.([20, 60, 20]);
    return false;
  }
}
