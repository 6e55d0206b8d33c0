import type { IssueKind, IssueState, Theme } from '../domain/issue';
import { icons } from '../ui/icons';

/** Shape is kind, sign is theme, rim is state. Pin shapes stand with their tip at 0,0. */
export const SHAPES: Record<IssueKind, string> = {
  PROBLEM:
    'M0 -1 L-20.5 -21.5 a3.5 3.5 0 0 1 0 -5 L-2.5 -44.5 a3.5 3.5 0 0 1 5 0 L20.5 -26.5 a3.5 3.5 0 0 1 0 5 Z',
  OPPORTUNITY: 'M0 0 C-3 -6 -16.5 -13 -16.5 -25 a16.5 16.5 0 0 1 33 0 C16.5 -13 3 -6 0 0Z',
  CHALLENGE:
    'M0 0 L-6 -8 H-12.5 a3.5 3.5 0 0 1 -3.5 -3.5 V-36.5 a3.5 3.5 0 0 1 3.5 -3.5 H12.5 a3.5 3.5 0 0 1 3.5 3.5 V-11.5 a3.5 3.5 0 0 1 -3.5 3.5 H6Z',
};

export const DOTS: Record<IssueKind, string> = {
  PROBLEM: 'M0 -7 L7 0 L0 7 L-7 0Z',
  OPPORTUNITY: 'M-6 0 a6 6 0 1 0 12 0 a6 6 0 1 0 -12 0Z',
  CHALLENGE: 'M-5.5 -5.5 H5.5 V5.5 H-5.5Z',
};

export const THEME_ICONS: Record<Theme, keyof typeof icons> = {
  ENERGY: 'zap',
  CLIMATE: 'cloud-rain',
  MOBILITY: 'truck',
  CIRCULAR: 'recycle',
  SPACE: 'land-plot',
  BIODIVERSITY: 'leaf',
  SAFETY: 'shield',
  OTHER: 'dot',
};

export interface PinLook {
  kind: IssueKind;
  theme: Theme;
  state: IssueState;
  supportCount: number;
  waiting: boolean;
  selected: boolean;
}

/** The drawing inside a pin's `<svg>`; made of constants and one number. */
export function pinMarkup(look: PinLook): string {
  const shape = SHAPES[look.kind];
  const top = look.kind === 'OPPORTUNITY' ? -34 : -33;
  const badge = badgeMarkup(look);
  return [
    `<path d="${shape}" class="halo"/>`,
    `<path d="${shape}" class="ou"/>`,
    `<path d="${shape}" class="sh"/>`,
    `<svg x="-9" y="${top}" width="18" height="18" viewBox="0 0 24 24" class="ic">${icons[THEME_ICONS[look.theme]]}</svg>`,
    look.state === 'DROPPED' ? '<path d="M-19 -6 L19 -42" class="strike"/>' : '',
    badge && `<g transform="translate(15 ${look.kind === 'OPPORTUNITY' ? -40 : -39})">${badge}</g>`,
  ].join('');
}

function badgeMarkup({ state, supportCount, waiting }: PinLook): string {
  if (waiting) return '';
  if (state === 'SOLVED') return '<circle r="9" class="bd"/><path d="M-4 0 l3 3 l5 -6" class="bc"/>';
  if (state === 'DROPPED' || supportCount < 1) return '';
  const text = supportCount > 99 ? '99+' : String(supportCount);
  const width = 14 + 6 * text.length - (text.length === 1 ? 2 : 0);
  return `<rect x="${-width / 2}" y="-9" width="${width}" height="18" rx="9" class="bd"/><text y="4" class="bt">${text}</text>`;
}

/** The classes that go with a look; colours live in pins.css. */
export function pinClass({ kind, state, waiting, selected }: PinLook): string {
  return [
    'pin',
    `k-${kind}`,
    waiting && 'wait',
    !waiting && (state === 'SOLVED' || state === 'DROPPED') && 'closed',
    selected && 'selected',
  ]
    .filter(Boolean)
    .join(' ');
}
