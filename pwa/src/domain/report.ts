/** What a day comes to: what was made, what of it the server holds, and what is still on its way. */
export const REPORTED = [
  'pins',
  'photos',
  'voice',
  'conversations',
  'promises',
  'observations',
  'other',
] as const;
export type Reported = (typeof REPORTED)[number];

export interface DayRow {
  kind: Reported;
  /** Acknowledged, and in the copy of what the server holds. */
  arrived: number;
  /** Acknowledged, and taken back or gone since. */
  gone: number;
  /** Still on this device alone. */
  waiting: number;
  /** Refused by the server, with a reason, until somebody decides. */
  refused: number;
}

const KIND_OF: Readonly<Record<string, Reported>> = {
  'report-issue': 'pins',
  'record-conversation': 'conversations',
  'make-promise': 'promises',
  observe: 'observations',
  photo: 'photos',
  'voice-note': 'voice',
};

/** Takes back what was made the same day: it counts as gone, not as something more. */
const BACK = /^(?:withdraw|remove)-/;

export interface Done {
  type: string;
  subject: string;
}
export interface Queued extends Done {
  parked: boolean;
}

/**
 * The report of one day. `holds` says whether the server has a thing; what was changed (a pin edited) counts under
 * `other` and cannot be gone.
 */
export function dayReport(
  done: readonly Done[],
  queued: readonly Queued[],
  holds: (subject: string) => boolean,
): DayRow[] {
  const rows = new Map<Reported, DayRow>();
  const row = (type: string): DayRow => {
    const kind = KIND_OF[type] ?? 'other';
    const there = rows.get(kind) ?? { kind, arrived: 0, gone: 0, waiting: 0, refused: 0 };
    rows.set(kind, there);
    return there;
  };
  for (const { type, subject } of done) {
    if (BACK.test(type)) continue;
    if (KIND_OF[type] === undefined || holds(subject)) row(type).arrived += 1;
    else row(type).gone += 1;
  }
  for (const { type, parked } of queued) row(type)[parked ? 'refused' : 'waiting'] += 1;
  return REPORTED.flatMap((kind) => rows.get(kind) ?? []);
}
