import { rounded } from '../../domain/geo';
import { proposeTheme, splitNote } from '../../domain/issue';
import { spotAt } from '../../domain/place';
import { isOutside } from '../../domain/sketch';
import { session } from '../../session.svelte';
import { attachMedia } from '../../store/media';
import type { OutboxRow } from '../../store/outbox';
import type { TerrainModel } from '../terrain/model.svelte';
import type { Draft } from './draft.svelte';
import { toldLabel } from './place-label';

/** Lays a pin in the outbox, with what this device knows of its place, and what was made for it. */
export async function report(model: TerrainModel, draft: Draft): Promise<OutboxRow> {
  const spot = spotAt(draft.at, model.terrain, model.plots, model.addresses);
  const companyId = draft.companyId === undefined ? draft.partyIds[0] : draft.companyId;
  const company = model.companies.find(({ id }) => id === companyId);
  const geometry = draft.geometry ?? ({ type: 'Point', coordinates: draft.at } as const);
  await attachMedia(session.db, draft.issueId, draft.issueId);
  return model.make({
    type: 'report-issue',
    input: {
      issueId: draft.issueId,
      terrainId: draft.terrainId,
      kind: draft.kind,
      theme: draft.theme ?? proposeTheme(draft.note) ?? 'OTHER',
      ...splitNote(draft.note),
      geometry,
      placeLabel: toldLabel(spot),
      audience: draft.audience,
      plotId: draft.plotId === undefined ? (spot.plot?.id ?? null) : draft.plotId,
      companyId: company?.id ?? null,
      infrastructureId: draft.infrastructureId ?? null,
      partyIds: [...draft.partyIds],
      outsideTerrain: isOutside(spot, geometry, model.terrain),
      device: draft.fix
        ? {
            geometry: { type: 'Point', coordinates: rounded(draft.fix.at) },
            accuracyM: draft.fix.accuracyM,
            headingDeg: draft.fix.headingDeg,
            at: draft.fix.time,
          }
        : null,
    },
  });
}
