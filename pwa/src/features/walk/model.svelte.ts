import { distanceM, type Position } from '../../domain/geo';
import { dayOf } from '../../domain/day';
import { spokenOn } from '../../domain/talk';
import {
  coverageOf,
  nextCompanies,
  promisesDue,
  questsNear,
  type DuePromise,
  type NextCompany,
  type Quest,
} from '../../domain/walk';
import { session } from '../../session.svelte';
import { readField, fieldViewOf, type FieldBase } from '../../store/field';
import { live } from '../../store/live.svelte';
import type { TerrainModel } from '../terrain/model.svelte';

const NOTHING: FieldBase = { conversations: [], promises: [], observations: [] };
/** The list is put in order anew after so many metres: it does not jump under a thumb at each step. */
const STEP_M = 10;

/** What somebody passed over on this walk; asked again the next time the app starts. */
export const passed = $state<{ ids: string[] }>({ ids: [] });

/** What a walk reads beside the terrain itself: who was spoken to, what was asked here, what is due. */
export class WalkModel {
  /** Where the list is counted from. */
  here = $state.raw<Position | null>(null);
  today = $state(dayOf());
  /** The map shows the whole terrain: who has been spoken to and who has not. */
  overview = $state(false);

  readonly #base;
  readonly #buildings;
  readonly #infrastructure;

  constructor(readonly terrain: TerrainModel) {
    const open = (): { db: typeof session.db; terrainId: string } => ({
      db: session.db,
      terrainId: terrain.id(),
    });
    this.#base = live(open, ({ db, terrainId }) => readField(db, terrainId), NOTHING);
    this.#buildings = live(open, ({ db, terrainId }) => db.building.where({ terrainId }).toArray(), []);
    this.#infrastructure = live(
      open,
      ({ db, terrainId }) => db.infrastructure.where({ terrainId }).toArray(),
      [],
    );
    $effect(() => {
      const at = terrain.fix?.at;
      if (!at) return;
      this.today = dayOf();
      if (!this.here || distanceM(this.here, at) >= STEP_M) this.here = at;
    });
  }

  /** The device has been asked what it holds. */
  get ready(): boolean {
    return this.#base.loaded && this.terrain.asked;
  }

  readonly view = $derived.by(() =>
    fieldViewOf(
      this.#base.value,
      this.terrain.outbox.filter((row) => row.terrainId === this.terrain.id()),
    ),
  );
  readonly #passed = $derived(new Set(passed.ids));
  readonly #spoken = $derived.by(() => spokenOn(this.view.conversations));

  /** Whom to speak to, in order. */
  readonly companies = $derived.by(() =>
    nextCompanies(this.terrain.companies, this.#spoken, this.here, this.today).filter(
      ({ company }) => !this.#passed.has(company.id),
    ),
  );
  /** Who was spoken to and when, of everybody. */
  readonly coverage = $derived.by(() =>
    coverageOf(this.terrain.companies, this.view.conversations, this.today),
  );
  readonly quests = $derived.by(() =>
    questsNear(
      {
        companies: this.terrain.companies,
        occupancies: this.terrain.occupancies,
        plots: this.terrain.plots,
        buildings: this.#buildings.value,
        infrastructure: this.#infrastructure.value,
      },
      this.view.observations,
      this.here,
      this.today,
      this.#passed,
    ),
  );
  readonly due = $derived.by(() =>
    promisesDue(this.view.promises, this.terrain.companies, this.here, this.today).filter(
      ({ promise }) => !this.#passed.has(promise.id),
    ),
  );

  /** Whom to speak to now. */
  readonly next = $derived(this.companies[0] ?? null);
  /** What the list numbers, in its order; the map has the same numbers. */
  readonly numbered = $derived([...(this.next ? [this.next] : []), ...this.due, ...this.quests]);
  numberOf(row: NextCompany | DuePromise | Quest): number {
    return this.numbered.indexOf(row) + 1;
  }

  lastSpokenOn(companyId: string): string | null {
    return this.#spoken.get(companyId) ?? null;
  }
}
