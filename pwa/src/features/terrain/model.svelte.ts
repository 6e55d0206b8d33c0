import { getContext, setContext } from 'svelte';
import type { Edit } from '../../edits';
import { kindOf } from '../../edits';
import { anchorOf, distanceM, type Position } from '../../domain/geo';
import { isCurrent, isOpen, KINDS, type Issue, type IssueKind } from '../../domain/issue';
import { roleOn } from '../../domain/person';
import type { Terrain } from '../../domain/place';
import { prefs } from '../../prefs.svelte';
import { session } from '../../session.svelte';
import { readBase } from '../../store/base';
import { live } from '../../store/live.svelte';
import { dropMediaOf } from '../../store/unsent';
import { discard, enqueue, Queue, type OutboxRow } from '../../store/outbox';
import { viewOf, type Base, type ViewedIssue } from '../../store/view';

/** Where this device is, as it says itself. */
export interface Fix {
  at: Position;
  accuracyM: number;
  headingDeg: number | null;
  time: string;
}

const NO_QUEUE = { rows: [] as OutboxRow[], arrived: [] as Issue[] };
const UNREAD = { completeAt: null as number | null, begun: false };
const NOTHING: Base & typeof UNREAD = { ...UNREAD, issues: [], comments: [] };

/** Everything the screens of one terrain read, from the local store, and the one way in for edits. */
export class TerrainModel {
  hovered = $state<string | null>(null);
  fix = $state.raw<Fix | null>(null);

  readonly #terrain;
  readonly #base;
  readonly #outbox;
  readonly #plots;
  readonly #addresses;
  readonly #companies;
  readonly #companyCount;
  readonly #occupancies;

  constructor(
    readonly id: () => string,
    /** Whether anything on screen stands on the ground's rows: the list does without, and a map at rest draws from tiles. */
    onGround: () => boolean = () => true,
  ) {
    const open = (): { db: typeof session.db; terrainId: string } => ({ db: session.db, terrainId: id() });
    const stood = (): ReturnType<typeof open> | null => (onGround() ? open() : null);
    this.#terrain = live(open, ({ db, terrainId }) => db.terrain.get(terrainId), undefined);
    this.#base = live(
      open,
      async ({ db, terrainId }) => {
        // In this order and together: where it says that all is there, all is shown.
        const { completeAt, begun = false } = (await db.feed.get(terrainId)) ?? UNREAD;
        return { completeAt, begun, ...(await readBase(db, terrainId)) };
      },
      NOTHING,
    );
    const queue = new Queue();
    this.#outbox = live(open, ({ db }) => queue.read(db, () => this.#base.value.issues), NO_QUEUE);
    this.#plots = live(stood, ({ db, terrainId }) => db.plot.where({ terrainId }).toArray(), []);
    this.#addresses = live(stood, ({ db, terrainId }) => db.address.where({ terrainId }).toArray(), []);
    this.#companies = live(stood, ({ db, terrainId }) => db.company.where({ terrainId }).toArray(), []);
    this.#companyCount = live(open, ({ db, terrainId }) => db.company.where({ terrainId }).count(), 0);
    this.#occupancies = live(stood, ({ db, terrainId }) => db.occupancy.where({ terrainId }).toArray(), []);
  }

  get terrain(): Terrain | null {
    return this.#terrain.value ?? null;
  }
  /** The store was asked; whether the terrain is there is now known. */
  get asked(): boolean {
    return this.#terrain.loaded && this.#base.loaded;
  }
  /** The device has had the whole feed of this terrain at least once. */
  get complete(): boolean {
    return this.completeAt !== null;
  }
  /** The newest issues are here, whatever else is still to come. */
  get begun(): boolean {
    return this.#base.value.begun;
  }
  get completeAt(): number | null {
    return this.#base.value.completeAt;
  }
  get plots() {
    return this.#plots.value;
  }
  get addresses() {
    return this.#addresses.value;
  }
  get companies() {
    return this.#companies.value;
  }
  get companyCount() {
    return this.#companyCount.value;
  }
  get occupancies() {
    return this.#occupancies.value;
  }
  get outbox(): OutboxRow[] {
    return this.#outbox.value.rows;
  }

  readonly view = $derived.by(() => {
    const { rows, arrived } = this.#outbox.value;
    const here = ({ terrainId }: { terrainId: string }): boolean => terrainId === this.id();
    const { issues, comments } = this.#base.value;
    // Of an issue that both have, the base's own comes last and stands.
    return viewOf({ issues: [...arrived.filter(here), ...issues], comments }, rows.filter(here));
  });

  /** What is not solved or dropped. */
  readonly current = $derived(this.view.issues.filter(isCurrent));
  /** How many of those nobody has taken up yet, as the server counts them. */
  readonly openCount = $derived(this.view.issues.filter(isOpen).length);

  /** Per kind, as they stand on the map. */
  readonly counts = $derived(
    Object.fromEntries(
      KINDS.map((kind) => [kind, this.current.filter((issue) => issue.kind === kind).length]),
    ) as Record<IssueKind, number>,
  );

  /** What the map shows, and so what the list shows: nearest first when the place is known, else newest first. */
  readonly shown = $derived.by(() => {
    const issues = (prefs.closed ? this.view.issues : this.current).filter(
      (issue) => !prefs.hiddenKinds.includes(issue.kind),
    );
    const here = this.fix?.at;
    if (!here) return issues;
    const metres = new Map(issues.map((issue) => [issue.id, distanceM(here, anchorOf(issue.geometry))]));
    return issues.sort((a, b) => (metres.get(a.id) ?? 0) - (metres.get(b.id) ?? 0));
  });

  issue(id: string): ViewedIssue | null {
    return this.view.issues.find((issue) => issue.id === id) ?? null;
  }

  /** Why whoever is signed in sets no pin here, as a code; null when they may. Who is not is asked to sign in. */
  get whyNoPin(): string | null {
    const can = this.terrain?.canReport;
    if (session.seeing) return 'SEEING_AS';
    if (!session.viewer || !can || can.allowed) return null;
    return session.viewer.needsStrongSignIn ? 'SIGN_IN_STRONGLY' : (can.reason ?? 'FORBIDDEN');
  }
  /** Whether whoever is signed in walks rounds here: it is for who talks with the parties. */
  get walks(): boolean {
    return session.viewer !== null && this.terrain?.canTalk?.allowed === true;
  }
  get role(): string | null {
    return roleOn(session.viewer, this.id());
  }

  /** What takes back what was made here, by its place in the queue: reckoned from how things were before it. */
  readonly #back = new Map<number, Edit>();

  /** Writes an edit to the device. Nothing waits for the network. */
  async make(edit: Edit): Promise<OutboxRow> {
    const kind = kindOf(edit.type);
    const base = kind ? this.view.issues.find(({ id }) => id === kind.subject(edit.input)) : undefined;
    const back = kind?.inverse(edit.input, {
      issues: new Map(base ? [[base.id, base]] : []),
      comments: new Map(),
    });
    const row = await enqueue(session.db, edit, {
      terrainId: this.id(),
      version: base?.version ?? 0,
      by: {
        role: this.role,
        organisation:
          session.viewer?.memberships.find((row) => row.terrainId === null || row.terrainId === this.id())
            ?.organisation ?? null,
        at: new Date().toISOString(),
      },
    });
    if (back) this.#back.set(row.seq, back as Edit);
    // Straight away, before the screen redraws: another person may be watching for it.
    session.sync.kick();
    return row;
  }

  /** Takes an edit back: out of the queue when it is still there, else by its inverse. */
  async undo(row: OutboxRow): Promise<void> {
    // A pin that is taken back takes its photos along.
    if (row.edit.type === 'report-issue') await dropMediaOf(session.db, row.subject);
    // The flusher holds this lock while it sends: what is in flight then may have arrived already.
    const unsent = await navigator.locks.request('terrein.flush', { ifAvailable: true }, async (lock) => {
      if (!lock) return false;
      const there = await session.db.outbox.get(row.seq);
      if (!there || there.attempts > 0) return false;
      await discard(session.db, [row.seq]);
      return true;
    });
    if (unsent) return;
    const back = this.#back.get(row.seq);
    if (back) await this.make(back);
  }
}

const KEY = Symbol('terrain');
export const provideTerrain = (model: TerrainModel): TerrainModel => setContext(KEY, model);
export const useTerrain = (): TerrainModel => getContext(KEY);
