import { anchorOf, distanceM, type Geometry, type Position } from './geo';
import type { Company, Infrastructure, InfrastructureKind, Occupancy, Plot } from './place';
import { daysLater } from './day';
import {
  newestAnswers,
  spokenOn,
  type Conversation,
  type Observation,
  type Promised,
  type Question,
} from './talk';

/** What is within this distance is here: seen from where somebody stands. */
export const HERE_M = 150;
/** Somebody who was spoken to this short ago is not asked again. */
const RECENT_DAYS = 180;
/** An answer from the spot is asked again after this long. */
const STALE_DAYS = 365;
/** A promise is due from so many days before its day. */
const AHEAD_DAYS = 7;
/** After every day there is. */
const NEVER = '9999';
/** Of each question so many at once: a street has thirty lamps. */
const MOST_OF_A_QUESTION = 2;

/** Something that stands somewhere; null metres when the place of it or of the walker is not known. */
interface Near {
  at: Position | null;
  metres: number | null;
}

export interface NextCompany extends Near {
  company: Company;
  /** A day; null when nobody of the team ever spoke to them. */
  lastSpokenOn: string | null;
}

const near = (geometry: Geometry | null, here: Position | null): Near => {
  const at = geometry ? anchorOf(geometry) : null;
  return { at, metres: at && here ? distanceM(here, at) : null };
};
const byDistance = (a: Near, b: Near): number => (a.metres ?? Infinity) - (b.metres ?? Infinity) || 0;

/**
 * Whom to speak to next: who was never spoken to before who was long ago; among those the nearest, or without a
 * place of one's own in the order of the street. Who was spoken to lately is left out.
 */
export function nextCompanies(
  companies: readonly Company[],
  spoken: ReadonlyMap<string, string>,
  here: Position | null,
  today: string,
): NextCompany[] {
  const since = daysLater(today, -RECENT_DAYS);
  return companies
    .map((company) => ({
      company,
      lastSpokenOn: spoken.get(company.id) ?? null,
      ...near(company.geometry, here),
    }))
    .filter(({ lastSpokenOn }) => lastSpokenOn === null || lastSpokenOn < since)
    .sort(
      (a, b) =>
        Number(a.lastSpokenOn !== null) - Number(b.lastSpokenOn !== null) ||
        byDistance(a, b) ||
        (here ? 0 : (a.lastSpokenOn ?? '').localeCompare(b.lastSpokenOn ?? '')) ||
        inStreetOrder(a.company, b.company),
    );
}

const inStreetOrder = (a: Company, b: Company): number =>
  (a.addressLabel ?? '~').localeCompare(b.addressLabel ?? '~', undefined, { numeric: true }) ||
  a.name.localeCompare(b.name);

/** How long ago somebody was spoken to: never, longer than they are left alone, or lately. */
export interface Covered {
  company: Company;
  since: 'never' | 'long-ago' | 'lately';
  lastSpokenOn: string | null;
  /** How often. */
  times: number;
}

/** Everybody on the terrain by when they were last spoken to: never, in the order of the street; then who was longest ago. */
export function coverageOf(
  companies: readonly Company[],
  conversations: readonly Pick<Conversation, 'companyId' | 'heldOn'>[],
  today: string,
): Covered[] {
  const since = daysLater(today, -RECENT_DAYS);
  const last = spokenOn(conversations);
  const times = new Map<string, number>();
  for (const { companyId } of conversations)
    if (companyId) times.set(companyId, (times.get(companyId) ?? 0) + 1);
  return companies
    .map((company): Covered => {
      const lastSpokenOn = last.get(company.id) ?? null;
      return {
        company,
        since: lastSpokenOn === null ? 'never' : lastSpokenOn < since ? 'long-ago' : 'lately',
        lastSpokenOn,
        times: times.get(company.id) ?? 0,
      };
    })
    .sort(
      (a, b) =>
        (a.lastSpokenOn ?? '').localeCompare(b.lastSpokenOn ?? '') || inStreetOrder(a.company, b.company),
    );
}

/** A building as far as a walk needs it. */
export interface Building {
  id: string;
  terrainId: string;
  at: Position;
  uses: string[];
}

export type Subject =
  | { kind: 'company'; company: Company }
  | { kind: 'building'; building: Building }
  | { kind: 'plot'; plot: Plot }
  | { kind: 'infrastructure'; infrastructure: Infrastructure };

/** One small question that only somebody on the spot can answer. */
export interface Quest extends Near {
  id: string;
  subjectId: string;
  question: Question;
  subject: Subject;
}

/** What stands beside the street and can be looked at; a cable cannot. */
const VISIBLE: readonly InfrastructureKind[] = ['STATION', 'ROAD', 'CYCLE_PATH', 'CAMERA', 'LAMP', 'CHARGER'];

export interface Ground {
  companies: readonly Company[];
  occupancies: readonly Occupancy[];
  buildings: readonly Building[];
  plots: readonly Plot[];
  infrastructure: readonly Infrastructure[];
}

/**
 * The questions that nobody answered here yet, or not for a year: nearest first, and a few of each. With a place
 * of one's own only those within sight; `skipped` holds the ids of those somebody passed over.
 */
export function questsNear(
  ground: Ground,
  observations: readonly Observation[],
  here: Position | null,
  today: string,
  skipped: ReadonlySet<string> = new Set(),
): Quest[] {
  const fresh = daysLater(today, -STALE_DAYS);
  const answered = new Set(
    [...newestAnswers(observations)].filter(([, { seenAt }]) => seenAt >= fresh).map(([key]) => key),
  );
  const quests: Quest[] = [];
  const ask = (question: Question, subjectId: string, geometry: Geometry | null, subject: Subject): void => {
    const id = `${subjectId} ${question}`;
    if (answered.has(id) || skipped.has(id)) return;
    const place = near(geometry, here);
    if (here && (place.metres === null || place.metres > HERE_M)) return;
    quests.push({ id, subjectId, question, subject, ...place });
  };
  const used = new Set(ground.occupancies.map(({ plotId }) => plotId));
  for (const company of ground.companies) {
    const subject: Subject = { kind: 'company', company };
    ask('COMPANY_PRESENT', company.id, company.geometry, subject);
    if (!company.sbiCode) ask('COMPANY_ACTIVITY', company.id, company.geometry, subject);
  }
  for (const building of ground.buildings)
    ask(
      'BUILDING_USE',
      building.id,
      { type: 'Point', coordinates: building.at },
      { kind: 'building', building },
    );
  for (const plot of ground.plots)
    if (!used.has(plot.id)) ask('PLOT_USE', plot.id, plot.geometry, { kind: 'plot', plot });
  for (const infrastructure of ground.infrastructure)
    if (VISIBLE.includes(infrastructure.kind))
      ask('INFRASTRUCTURE_CONDITION', infrastructure.id, infrastructure.geometry, {
        kind: 'infrastructure',
        infrastructure,
      });
  const taken = new Map<Question, number>();
  return quests
    .sort((a, b) => byDistance(a, b) || a.id.localeCompare(b.id))
    .filter(({ question }) => {
      const count = (taken.get(question) ?? 0) + 1;
      taken.set(question, count);
      return count <= MOST_OF_A_QUESTION;
    });
}

export interface DuePromise extends Near {
  promise: Promised;
  /** Its day has gone by. */
  late: boolean;
}

/**
 * What was promised and is not done: what is due within a week anywhere, and everything that is promised here.
 * Here comes first, nearest first; then by day.
 */
export function promisesDue(
  promises: readonly Promised[],
  companies: readonly Company[],
  here: Position | null,
  today: string,
): DuePromise[] {
  const places = new Map(companies.map(({ id, geometry }) => [id, geometry]));
  const until = daysLater(today, AHEAD_DAYS);
  const isHere = ({ metres }: Near): boolean => metres !== null && metres <= HERE_M;
  return promises
    .filter(({ doneAt }) => doneAt === null)
    .map((promise) => ({
      promise,
      late: promise.dueOn !== null && promise.dueOn < today,
      ...near(promise.geometry ?? places.get(promise.companyId ?? '') ?? null, here),
    }))
    .filter((due) => (due.promise.dueOn ?? NEVER) <= until || isHere(due))
    .sort(
      (a, b) =>
        Number(isHere(b)) - Number(isHere(a)) ||
        (isHere(a) ? byDistance(a, b) : 0) ||
        (a.promise.dueOn ?? NEVER).localeCompare(b.promise.dueOn ?? NEVER) ||
        byDistance(a, b),
    );
}
