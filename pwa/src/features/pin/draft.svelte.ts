import type { Position } from '../../domain/geo';
import type { Audience, IssueKind, Theme } from '../../domain/issue';
import type { Fix } from '../terrain/model.svelte';

export interface Draft {
  terrainId: string;
  at: Position;
  kind: IssueKind;
  /** Null: not chosen; the note may propose one. */
  theme: Theme | null;
  note: string;
  partyIds: string[];
  audience: Audience;
  fix: Fix | null;
  startedAt: string;
}

/** One after another of the same: ten lamps that are out. What they share, and how many there are. */
export interface Series extends Pick<Draft, 'terrainId' | 'kind' | 'theme' | 'note' | 'audience'> {
  count: number;
}

const KEY = 'terrein.draft';
/** A draft that is left lying is kept this long. */
const KEPT_MS = 24 * 3600 * 1000;

function read(): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Draft | null;
    return draft && Date.now() - Date.parse(draft.startedAt) < KEPT_MS ? draft : null;
  } catch {
    // Not readable any more: there is no draft to go on with.
    return null;
  }
}

/** The pin that is being made, and the map's part in it. */
export const pin = $state<{
  draft: Draft | null;
  series: Series | null;
  /** The note of a draft that belongs with an issue that is there already: its first reaction. */
  carried: { issueId: string; note: string } | null;
  centre: Position | null;
  moving: boolean;
  /** Where the map should go; the map clears it when it is there. */
  wanted: Position | null;
  /** How much of the map the first step's panel covers, in pixels. */
  panelPx: number;
}>({ draft: read(), series: null, carried: null, centre: null, moving: false, wanted: null, panelPx: 200 });

/** Every change goes to the device at once: a phone may switch off at any moment. */
export function keepDraft(): void {
  if (pin.draft) localStorage.setItem(KEY, JSON.stringify(pin.draft));
  else localStorage.removeItem(KEY);
}

export function dropDraft(): void {
  pin.draft = null;
  keepDraft();
}
