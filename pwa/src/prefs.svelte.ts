import { untrack } from 'svelte';
import type { IssueKind } from './domain/issue';
import type { LayerChoice } from './map/style';

export type Theme = 'system' | 'light' | 'dark';

interface Stored {
  theme: Theme;
  /** Buitenstand: black on white for bright sun. */
  sun: boolean;
  hiddenKinds: IssueKind[];
  /** Solved and dropped issues too. */
  closed: boolean;
  layers: LayerChoice;
  shortcuts: boolean;
  /** Whether what is drawn clings to plot boundaries. */
  snapping: boolean;
  lastTerrain: string | null;
}

const KEY = 'terrein.prefs';

const defaults: Stored = {
  theme: 'system',
  sun: false,
  hiddenKinds: [],
  closed: false,
  layers: {
    plots: true,
    buildings: true,
    stations: true,
    cyclePaths: true,
    lamps: false,
    cameras: false,
    chargers: false,
    trees: false,
  },
  shortcuts: true,
  snapping: true,
  lastTerrain: null,
};

function read(): Stored {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Stored>;
    return { ...defaults, ...stored, layers: { ...defaults.layers, ...stored.layers } };
  } catch {
    // Written by hand or by another version: the choices start afresh, nothing of the work is here.
    return defaults;
  }
}

/** How this device shows things. Choices of the device, not of the person. */
export const prefs = $state(read());

/** Buitenstand asked for by the screen in sight, such as the pin flow. */
export const stand = $state({ sun: false });

/** Counts the changes of colour, for what paints by itself. */
export const paint = $state({ turn: 0 });

export function keepPrefs(): void {
  $effect(() => {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  });
  $effect(() => {
    const root = document.documentElement;
    if (prefs.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = prefs.theme;
    if (prefs.sun || stand.sun) root.dataset.veld = 'zon';
    else delete root.dataset.veld;
    untrack(() => (paint.turn += 1));
  });
  $effect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => {
      paint.turn += 1;
    };
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  });
}
