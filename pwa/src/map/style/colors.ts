/** The map's colours, as the tokens have them for the theme and stand in use. */
const TOKENS = {
  land: '--m-land',
  terrain: '--m-ter',
  plot: '--m-plot',
  plotLine: '--m-plot-l',
  building: '--m-b',
  building2: '--m-b2',
  buildingEdge: '--m-b-e',
  buildingShadow: '--m-bs',
  ridge: '--m-ridge',
  solar: '--m-sol',
  road: '--m-road',
  roadCase: '--m-road-c',
  mainRoad: '--m-n',
  mainRoadCase: '--m-n-c',
  water: '--m-wat',
  quay: '--m-quay',
  green: '--m-green',
  tree: '--m-tree',
  rail: '--m-rail',
  cycle: '--m-cyc',
  label: '--m-lab',
  halo: '--m-halo',
  village: '--m-vil',
  waterLabel: '--m-wt',
  placeLabel: '--m-pl',
  ink: '--ink',
  surface: '--surface',
  signal: '--signal',
  petrol: '--petrol',
  problem: '--k-p',
  opportunity: '--k-k',
  challenge: '--k-u',
} as const;

export type Palette = Record<keyof typeof TOKENS, string>;

/** Asks the page, so that tokens.css stays the one place where a colour is written. */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const computed = getComputedStyle(probe);
  const entries = Object.entries(TOKENS).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, computed.color];
  });
  probe.remove();
  return Object.fromEntries(entries) as Palette;
}
