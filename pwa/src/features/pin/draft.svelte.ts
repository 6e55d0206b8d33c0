import type { Geometry, Position } from '../../domain/geo';
import { mintId } from '../../domain/id';
import type { Audience, IssueKind, Theme } from '../../domain/issue';
import type { InfrastructureKind } from '../../domain/place';
import type { Panel } from '../../router.svelte';
import type { Shape, Snap } from '../../domain/sketch';
import { session } from '../../session.svelte';
import { lastPerson } from '../../store/db';
import { dropDraftMedia } from '../../store/unsent';
import type { Fix } from '../terrain/model.svelte';

export interface Draft {
  /** Of the issue it becomes: photos and dictated notes are kept under it from the start. */
  issueId: string;
  terrainId: string;
  /** Where its pin stands. */
  at: Position;
  /** A line or an area; left out for a spot. */
  geometry?: Geometry;
  kind: IssueKind;
  /** Null: not chosen; the note may propose one. */
  theme: Theme | null;
  note: string;
  partyIds: string[];
  /** What it is about: left out, what lies at its place; null, nothing. */
  plotId?: string | null;
  companyId?: string | null;
  infrastructureId?: string | null;
  audience: Audience;
  fix: Fix | null;
  startedAt: string;
}

/** One after another of the same: ten lamps that are out. What they share, and how many there are. */
export interface Series extends Pick<Draft, 'terrainId' | 'kind' | 'theme' | 'note' | 'audience'> {
  count: number;
  /** When the first is about a lamp, so are the others: of what kind, and which were named. */
  things: { kind: InfrastructureKind; named: string[] } | null;
}

/** A shape under somebody's hands. */
export interface Drawing {
  shape: Shape;
  /** Its corners, in degrees; of a spot none: that is where the crosshair is. */
  points: Position[];
  /** No longer being drawn; its corners can be moved. */
  done: boolean;
}

/** A line or an area that is being drawn, before it is said what it is. */
export interface SketchDraft extends Drawing {
  terrainId: string;
  shape: Exclude<Shape, 'POINT'>;
  startedAt: string;
}

/** Another shape or place for an issue that is there already. */
export interface Reshape extends Drawing {
  issueId: string;
  startedAt: string;
}

const KEY = 'terrein.draft';
const SKETCH_KEY = 'terrein.sketch';
const RESHAPE_KEY = 'terrein.reshape';
/** A draft that is left lying is kept this long. */
const KEPT_MS = 24 * 3600 * 1000;

/** Each person on this device has drafts of their own, as they have a database of their own. */
const ofPerson = (key: string): string => `${key}.${lastPerson() ?? 'visitor'}`;

function read<Kept extends Draft | SketchDraft | Reshape>(key: string): Kept | null {
  try {
    const draft = JSON.parse(localStorage.getItem(ofPerson(key)) ?? 'null') as Kept | null;
    return draft && Date.now() - Date.parse(draft.startedAt) < KEPT_MS ? draft : null;
  } catch {
    // Not readable any more: there is no draft to go on with.
    return null;
  }
}

/** Of a version that gave it its id only when it was saved. */
const named = (draft: Draft | null): Draft | null =>
  draft && { ...draft, issueId: draft.issueId ?? mintId('issue') };

/** The pin that is being made, and the map's part in it. */
export const pin = $state<{
  draft: Draft | null;
  sketch: SketchDraft | null;
  reshape: Reshape | null;
  series: Series | null;
  /** The note of a draft that belongs with an issue that is there already: its first reaction. */
  carried: { issueId: string; note: string } | null;
  centre: Position | null;
  moving: boolean;
  /** Where the map should go; the map clears it when it is there. */
  wanted: Position | null;
  /** How much of the map the first step's panel covers, in pixels. */
  panelPx: number;
  /** What a tap on the map does while something is drawn; else it moves the crosshair. */
  tapped: ((at: Position) => void) | null;
  /** While something is drawn: how far the crosshair is from the last corner, and what it clings to. */
  aim: { metres: number | null; snap: Snap['to'] | null } | null;
  /** Where the flow goes when it is done, when not back to the map: such as the talk that the pin comes from. */
  then: Panel | null;
  /** The pin that was kept for it. */
  made: string | null;
}>({
  draft: named(read<Draft>(KEY)),
  sketch: read<SketchDraft>(SKETCH_KEY),
  reshape: read<Reshape>(RESHAPE_KEY),
  series: null,
  carried: null,
  centre: null,
  moving: false,
  wanted: null,
  panelPx: 200,
  tapped: null,
  aim: null,
  then: null,
  made: null,
});

/** Every change goes to the device at once: a phone may switch off at any moment. */
export function keepDraft(): void {
  keep(KEY, pin.draft);
  keep(SKETCH_KEY, pin.sketch);
  keep(RESHAPE_KEY, pin.reshape);
}

let opened = lastPerson();
/** What whoever is here now left unfinished. */
export function openDrafts(): void {
  if (opened === lastPerson()) return;
  opened = lastPerson();
  pin.series = null;
  pin.carried = null;
  pin.draft = named(read<Draft>(KEY));
  pin.sketch = read<SketchDraft>(SKETCH_KEY);
  pin.reshape = read<Reshape>(RESHAPE_KEY);
}

function keep(key: string, draft: object | null): void {
  if (draft) localStorage.setItem(ofPerson(key), JSON.stringify(draft));
  else localStorage.removeItem(ofPerson(key));
}

/** Ends the draft, with the photos and sound that were made for it and not saved. */
export function dropDraft(): void {
  const issueId = pin.draft?.issueId;
  pin.draft = null;
  pin.sketch = null;
  keepDraft();
  if (issueId) void dropDraftMedia(session.db, issueId);
}
