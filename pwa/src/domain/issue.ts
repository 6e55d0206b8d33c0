import type { Geometry } from './geo';

export const KINDS = ['PROBLEM', 'OPPORTUNITY', 'CHALLENGE'] as const;
export type IssueKind = (typeof KINDS)[number];

export const THEMES = [
  'MOBILITY',
  'SAFETY',
  'ENERGY',
  'CLIMATE',
  'SPACE',
  'CIRCULAR',
  'BIODIVERSITY',
  'OTHER',
] as const;
export type Theme = (typeof THEMES)[number];

export const AUDIENCES = ['ME', 'TEAM', 'PARTIES', 'TERRAIN', 'MUNICIPALITY', 'PUBLIC'] as const;
export type Audience = (typeof AUDIENCES)[number];

export const STATES = ['OPEN', 'TAKEN_UP', 'SOLVED', 'DROPPED'] as const;
export type IssueState = (typeof STATES)[number];

export const WILLINGNESS = ['MONEY', 'HOURS', 'LAND', 'MORAL'] as const;
export type Willingness = (typeof WILLINGNESS)[number];

/** Whether the caller may do something, and the code of the reason when not. */
export interface Permission {
  allowed: boolean;
  reason: string | null;
}

export const ISSUE_ACTS = [
  'edit',
  'share',
  'changeState',
  'support',
  'supportForCompany',
  'comment',
  'withdraw',
  'addFile',
] as const;
export type IssueAct = (typeof ISSUE_ACTS)[number];

export interface Support {
  id: string;
  companyId: string | null;
  willingness: Willingness;
}

export interface Issue {
  id: string;
  terrainId: string;
  kind: IssueKind;
  theme: Theme;
  title: string | null;
  description: string | null;
  geometry: Geometry;
  placeLabel: string | null;
  audience: Audience;
  state: IssueState;
  stateReason: string | null;
  reporterRole: string | null;
  organisation: string | null;
  mine: boolean;
  plotId: string | null;
  companyId: string | null;
  infrastructureId: string | null;
  supportCount: number;
  commentCount: number;
  viewerSupport: Support | null;
  reportedAt: string;
  /** 0 while only this device knows the issue. */
  version: number;
  outsideTerrain: boolean;
  viewerCan: Record<IssueAct, Permission>;
}

export interface IssueComment {
  id: string;
  issueId: string;
  terrainId: string;
  text: string;
  authorRole: string;
  organisation: string | null;
  mine: boolean;
  writtenAt: string;
}

const NEXT: Record<IssueState, readonly IssueState[]> = {
  OPEN: ['TAKEN_UP', 'SOLVED', 'DROPPED'],
  TAKEN_UP: ['OPEN', 'SOLVED', 'DROPPED'],
  SOLVED: ['OPEN'],
  DROPPED: ['OPEN'],
};

/** The states an issue may go to from here. The server has the last word. */
export function nextStates(state: IssueState): readonly IssueState[] {
  return NEXT[state];
}

/** A closing or reopening move needs a sentence that says why. */
export function needsReason(from: IssueState, to: IssueState): boolean {
  return to === 'SOLVED' || to === 'DROPPED' || (to === 'OPEN' && from !== 'TAKEN_UP');
}

/** Nobody has taken it up yet: what the server counts as open too. */
export const isOpen = ({ state }: Pick<Issue, 'state'>): boolean => state === 'OPEN';

/** Still there to see and to work on: open, or taken up. */
export const isCurrent = ({ state }: Pick<Issue, 'state'>): boolean =>
  state === 'OPEN' || state === 'TAKEN_UP';

/**
 * The theme that a note most likely speaks of, or null without a clue.
 * Word stems in both languages of the app; the person decides.
 */
export function proposeTheme(note: string): Theme | null {
  const text = note.toLowerCase();
  let best: { theme: Theme; hits: number } | null = null;
  for (const [theme, stems] of STEMS) {
    const hits = stems.filter((stem) => text.includes(stem)).length;
    if (hits > (best?.hits ?? 0)) best = { theme, hits };
  }
  return best?.theme ?? null;
}

const STEMS: readonly [Theme, readonly string[]][] = [
  [
    'MOBILITY',
    [
      'vrachtwagen',
      'fiets',
      'parkeer',
      'verkeer',
      'bus',
      'halte',
      'auto',
      'rijd',
      'poort',
      'truck',
      'bike',
      'parking',
      'traffic',
      'lorr',
    ],
  ],
  [
    'SAFETY',
    [
      'lamp',
      'verlichting',
      'donker',
      'inbra',
      'diefstal',
      'camera',
      'onveilig',
      'brand',
      'light',
      'theft',
      'burglar',
      'fire',
    ],
  ],
  [
    'ENERGY',
    [
      'stroom',
      'energie',
      'net ',
      'zonnepan',
      'batterij',
      'aansluiting',
      'laad',
      'warmte',
      'power',
      'grid',
      'solar',
      'charg',
      'heat pump',
    ],
  ],
  [
    'CLIMATE',
    ['regen', 'water', 'hitte', 'heet', 'overstro', 'plas', 'koel', 'schaduw', 'rain', 'flood', 'shade'],
  ],
  ['SPACE', ['ruimte', 'leeg', 'uitbreid', 'kavel', 'pand', 'space', 'vacan', 'expand', 'plot']],
  ['CIRCULAR', ['afval', 'rest', 'herge', 'reststrom', 'pallet', 'waste', 'reuse', 'recycl']],
  [
    'BIODIVERSITY',
    [
      'groen',
      'boom',
      'bomen',
      'bloem',
      'vogel',
      'bij ',
      'bijen',
      'natuur',
      'tree',
      'flower',
      'bird',
      'nature',
    ],
  ],
];

const TITLE_LENGTH = 80;

/**
 * A note as title and description: the first sentence names the issue, the rest explains it.
 * A first sentence that is too long is shortened in the title and kept whole in the description.
 */
export function splitNote(note: string): { title: string | null; description: string | null } {
  const text = note.trim().slice(0, 4000);
  if (!text) return { title: null, description: null };
  const [, first = text, rest = ''] = text.match(/^(.+?[.!?](?=\s)|.+?(?=\n)|.+$)\s*([\s\S]*)$/) ?? [];
  const title = first.replace(/[.]$/, '').trim();
  if (title.length <= TITLE_LENGTH) return { title, description: rest.trim() || null };
  const cut = title.slice(0, TITLE_LENGTH - 1);
  return { title: `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 40)).trimEnd()}…`, description: text };
}
