import type { Position } from '../../domain/geo';
import type { TerrainMap } from '../map';
import '../walk.css';

const SVG = 'http://www.w3.org/2000/svg';
/** A bend smaller than this does not show. */
const LEAST_PX = 2;

/** Something on the map of a walk: what its list names, with the number there, or a company with whether it was spoken to. */
export type Mark =
  /** `first`: whom or what to go to first. */
  { number: number; at: Position; first: boolean } | { spoken: boolean; at: Position };

/** The way that was gone, as a line over the map. It is drawn here only: no layer, no tile, no server knows it. */
export class WalkLine {
  readonly #svg = document.createElementNS(SVG, 'svg');
  readonly #casing = document.createElementNS(SVG, 'polyline');
  readonly #line = document.createElementNS(SVG, 'polyline');
  #points: Position[] = [];
  readonly #off: () => void;

  constructor(readonly map: TerrainMap) {
    this.#svg.setAttribute('class', 'walk-line');
    this.#svg.setAttribute('aria-hidden', 'true');
    this.#casing.setAttribute('class', 'casing');
    this.#svg.append(this.#casing, this.#line);
    map.overlay.prepend(this.#svg);
    this.#off = map.follow(() => this.#place());
  }

  show(points: Position[]): void {
    this.#points = points;
    this.#place();
  }

  remove(): void {
    this.#off();
    this.#svg.remove();
  }

  #place(): void {
    const drawn: string[] = [];
    let last = { x: Infinity, y: Infinity };
    for (const [index, at] of this.#points.entries()) {
      const { x, y } = this.map.project(at);
      const end = index === this.#points.length - 1;
      if (!end && Math.abs(x - last.x) < LEAST_PX && Math.abs(y - last.y) < LEAST_PX) continue;
      drawn.push(`${x.toFixed(1)},${y.toFixed(1)}`);
      last = { x, y };
    }
    for (const line of [this.#casing, this.#line]) line.setAttribute('points', drawn.join(' '));
    this.#svg.dataset.points = String(this.#points.length);
  }
}

/** The numbers of the list and who was spoken to, where they are. For the eye alone: the list says them in words. */
export class WalkMarks {
  readonly #elements: { element: HTMLElement; at: Position }[] = [];
  readonly #off: () => void;

  constructor(readonly map: TerrainMap) {
    this.#off = map.follow(() => this.#place());
  }

  show(marks: Mark[]): void {
    this.#clear();
    for (const mark of marks) {
      const element = document.createElement('span');
      element.setAttribute('aria-hidden', 'true');
      if ('number' in mark) {
        element.className = mark.first ? 'walk-mark first' : 'walk-mark';
        element.textContent = String(mark.number);
      } else element.className = mark.spoken ? 'walk-dot spoken' : 'walk-dot';
      this.map.overlay.append(element);
      this.#elements.push({ element, at: mark.at });
    }
    this.#place();
  }

  remove(): void {
    this.#off();
    this.#clear();
  }

  #clear(): void {
    for (const { element } of this.#elements.splice(0)) element.remove();
  }

  #place(): void {
    for (const { element, at } of this.#elements) {
      const { x, y } = this.map.project(at);
      element.style.transform = `translate(${x}px, ${y}px)`;
    }
  }
}
