import { anchorOf, bboxOf, type Bbox, type Position } from '../../domain/geo';
import { KINDS, type IssueKind } from '../../domain/issue';
import type { ViewedIssue } from '../../store/view';
import { DOTS, pinClass, pinMarkup } from '../pin';
import { grouped } from './groups';
import '../pins.css';

/** What the pins need of a map. */
export interface PinGround {
  overlay: HTMLElement;
  zoom: number;
  pxPerMetre: number;
  project(at: Position): { x: number; y: number };
}

export interface PinWords {
  pin(issue: ViewedIssue, selected: boolean): string;
  group(counts: [IssueKind, number][], total: number): string;
}

export interface PinEvents {
  choose(issueId: string): void;
  /** `box` is null when the pins stand on one spot and no zoom would part them. */
  open(issueIds: string[], box: Bbox | null): void;
  hover(issueId: string | null): void;
}

/** Below this many pixels to a metre a pin is only a shape. */
const FAR_PX_PER_M = 0.35;
/** Bare shapes nearer than this are one target: a finger could not tell them apart. */
const FAR_NEAR_PX = 27;
/** A pin that was made this short ago lands; older ones are simply there. */
const FRESH_MS = 20_000;
/** The rows of the last page may reach the map after the word that it was the last. */
const SETTLE_MS = 1000;
/** As long as `--d-2` in tokens.css. */
const LANDING_MS = 200;

/** A pin whose tip is this far outside still shows its head. */
const OUT_PX = 40;

interface Place {
  at: Position;
  issues: ViewedIssue[];
  /** Far away: a shape beside the one that takes the tap for both. */
  beside: boolean;
}

/** Draws the issues as buttons over the map, so that they can be tapped, tabbed to and read aloud. */
export class IssuePins {
  #issues: ViewedIssue[] = [];
  #selected: string | null = null;
  #lit: string | null = null;
  #covered = 0;
  #groupedAt: number | null = null;
  /** Since when the device has everything, on the clock of the page. */
  #wholeSince = Infinity;
  /** Every issue that was ever shown here: only one that was not can land. */
  readonly #met = new Set<string>();
  /** Since when a pin lands, on the clock of the page. */
  readonly #landing = new Map<string, number>();
  #places = new Map<string, Place>();
  #elements = new Map<string, { element: HTMLElement; look: string; at: Position }>();

  constructor(
    readonly ground: PinGround,
    readonly words: PinWords,
    readonly events: PinEvents,
  ) {}

  /** `whole`: the device has all there is, so that what comes now is new. */
  show(issues: ViewedIssue[], selected: string | null, whole: boolean): void {
    this.#issues = issues;
    this.#selected = selected;
    if (performance.now() - this.#wholeSince > SETTLE_MS)
      for (const { id, reportedAt } of issues)
        if (!this.#met.has(id) && justMade(reportedAt)) this.#landing.set(id, performance.now());
    this.#wholeSince = whole ? Math.min(this.#wholeSince, performance.now()) : Infinity;
    for (const { id } of issues) this.#met.add(id);
    this.#regroup();
  }

  light(issueId: string | null): void {
    this.#lit = issueId;
    for (const [key, { element }] of this.#elements)
      element.classList.toggle('lit', issueId !== null && this.#holds(key, issueId));
  }

  /** On every frame of a move: put everything in its place, and group anew when the scale changed enough. */
  move(): void {
    if (this.#groupedAt === null || Math.abs(this.#groupedAt - this.ground.zoom) > 0.2) this.#regroup();
    else this.#position();
  }

  /** How many pixels at the bottom lie under a sheet. */
  cover(px: number): void {
    if (px === this.#covered) return;
    this.#covered = px;
    this.#position();
  }

  clear(): void {
    for (const { element } of this.#elements.values()) element.remove();
    this.#elements.clear();
  }

  #holds(key: string, issueId: string): boolean {
    if (key === issueId) return true;
    return this.#places.get(key)?.issues.some(({ id }) => id === issueId) ?? false;
  }

  #regroup(): void {
    this.#groupedAt = this.ground.zoom;
    this.#places = new Map();
    const far = this.ground.pxPerMetre < FAR_PX_PER_M;
    const pins = this.#issues.map((issue) => {
      const at = anchorOf(issue.geometry);
      return { ...this.ground.project(at), kind: issue.kind, at, issue };
    });
    // The chosen one stands by itself, whatever is near.
    const chosen = pins.filter(({ issue }) => issue.id === this.#selected);
    const others = pins.filter(({ issue }) => issue.id !== this.#selected);
    for (const { at, issue } of chosen) this.#places.set(issue.id, { at, issues: [issue], beside: false });
    if (far) this.#placeShapes(others);
    else
      for (const together of grouped(others)) {
        const [{ issue, at }] = together as [(typeof together)[number]];
        const issues = together.map((pin) => pin.issue);
        this.#places.set(issue.id, { at: issues.length > 1 ? middle(issues) : at, issues, beside: false });
      }
    this.#draw(far);
    this.#position();
  }

  /** Bare shapes all stay where they are; of those that are too near, one takes the tap for all. */
  #placeShapes(pins: { x: number; y: number; at: Position; issue: ViewedIssue }[]): void {
    const targets: { x: number; y: number; place: Place }[] = [];
    for (const { x, y, at, issue } of pins) {
      const near = targets.find((target) => Math.hypot(target.x - x, target.y - y) < FAR_NEAR_PX);
      near?.place.issues.push(issue);
      const place = { at, issues: [issue], beside: near !== undefined };
      if (!near) targets.push({ x, y, place });
      this.#places.set(issue.id, place);
    }
  }

  #draw(far: boolean): void {
    const gone = new Set(this.#elements.keys());
    for (const [key, place] of this.#places) {
      gone.delete(key);
      const [first] = place.issues as [ViewedIssue];
      const single = far || place.issues.length === 1;
      const look = single ? this.#look(first, place, far) : this.#pillLook(place.issues);
      let known = this.#elements.get(key);
      if (known?.look === look) {
        known.at = place.at;
        continue;
      }
      // A tap target and a bare shape are different elements.
      if (known && known.element instanceof HTMLButtonElement === place.beside) {
        known.element.remove();
        known = undefined;
      }
      const element = known?.element ?? this.#element(key, place.beside);
      if (single) this.#drawPin(element, place, far);
      else this.#drawPill(element, place.issues);
      this.#elements.set(key, { element, look, at: place.at });
    }
    for (const key of gone) {
      this.#elements.get(key)?.element.remove();
      this.#elements.delete(key);
    }
    if (this.#lit) this.light(this.#lit);
  }

  #look(issue: ViewedIssue, place: Place, far: boolean): string {
    return [
      issue.kind,
      issue.theme,
      issue.state,
      issue.supportCount,
      issue.pending,
      issue.title,
      issue.id === this.#selected,
      far,
      place.beside,
      place.issues.length,
    ].join('|');
  }

  #pillLook(issues: ViewedIssue[]): string {
    return `group|${counts(issues).flat().join()}`;
  }

  #element(key: string, beside: boolean): HTMLElement {
    if (beside) {
      const shape = document.createElement('span');
      shape.setAttribute('aria-hidden', 'true');
      this.ground.overlay.append(shape);
      return shape;
    }
    const element = document.createElement('button');
    element.type = 'button';
    element.addEventListener('click', (event) => {
      event.stopPropagation();
      const place = this.#places.get(key);
      if (!place) return;
      const [first, ...others] = place.issues;
      if (first && others.length === 0) this.events.choose(first.id);
      else {
        const box = bboxOf(...place.issues.map(({ geometry }) => geometry));
        const apart = box && (box[2] - box[0] > 2e-5 || box[3] - box[1] > 2e-5) && this.ground.zoom < 20;
        this.events.open(
          place.issues.map(({ id }) => id),
          apart ? box : null,
        );
      }
    });
    element.addEventListener('pointerenter', () =>
      this.events.hover(this.#places.get(key)?.issues[0]?.id ?? null),
    );
    element.addEventListener('pointerleave', () => this.events.hover(null));
    this.ground.overlay.append(element);
    return element;
  }

  #drawPin(element: HTMLElement, place: Place, far: boolean): void {
    const [issue] = place.issues as [ViewedIssue];
    const selected = issue.id === this.#selected;
    const small = far && !selected;
    const look = { ...issue, waiting: issue.pending !== null, selected };
    const landedFor = performance.now() - (this.#landing.get(issue.id) ?? -Infinity);
    const landing = !far && landedFor < LANDING_MS;
    element.className = ['mark', small && 'far', selected && 'on', landing && 'landing']
      .filter(Boolean)
      .join(' ');
    if (!place.beside)
      element.setAttribute(
        'aria-label',
        place.issues.length > 1
          ? this.words.group(counts(place.issues), place.issues.length)
          : this.words.pin(issue, selected),
      );
    if (selected) element.setAttribute('aria-current', 'true');
    else element.removeAttribute('aria-current');
    element.innerHTML = small
      ? `<svg class="${pinClass(look)}" viewBox="-13 -13 26 26" aria-hidden="true"><path d="${DOTS[issue.kind]}" class="ou"/><path d="${DOTS[issue.kind]}" class="sh"/></svg>`
      : `<svg class="${pinClass(look)}" viewBox="-24 -49 48 54" aria-hidden="true">${pinMarkup(look)}</svg>`;
    // Drawn anew halfway, when the server has answered: it goes on from where it was.
    const drawn = element.firstElementChild;
    if (landing && drawn instanceof SVGElement) drawn.style.animationDelay = `${-Math.round(landedFor)}ms`;
  }

  #drawPill(element: HTMLElement, issues: ViewedIssue[]): void {
    const parts = counts(issues);
    element.className = 'pill';
    element.setAttribute('aria-label', this.words.group(parts, issues.length));
    element.removeAttribute('aria-current');
    element.innerHTML = parts
      .map(
        ([kind, count]) =>
          `<span class="kd kd-${kind}" aria-hidden="true"></span><b data-count="${count}"></b>`,
      )
      .join('');
  }

  /** Pins outside what is in sight are not there for keys and readers either: focus must be seen. */
  #position(): void {
    const { clientWidth, clientHeight } = this.ground.overlay;
    const bottom = clientHeight - this.#covered;
    for (const { element, at } of this.#elements.values()) {
      const { x, y } = this.ground.project(at);
      const centred = element.classList.contains('pill') ? ' translateX(-50%)' : '';
      element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)${centred}`;
      const seen =
        x > -OUT_PX && x < clientWidth + OUT_PX && y > -4 && y < bottom + (this.#covered ? -14 : OUT_PX);
      element.style.visibility = seen ? '' : 'hidden';
    }
  }
}

const justMade = (reportedAt: string): boolean => Date.now() - Date.parse(reportedAt) < FRESH_MS;

function counts(issues: ViewedIssue[]): [IssueKind, number][] {
  return KINDS.map((kind): [IssueKind, number] => [
    kind,
    issues.filter((issue) => issue.kind === kind).length,
  ]).filter(([, count]) => count > 0);
}

function middle(issues: ViewedIssue[]): Position {
  const box = bboxOf(
    ...issues.map(({ geometry }) => ({ type: 'Point', coordinates: anchorOf(geometry) }) as const),
  );
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [0, 0];
}
