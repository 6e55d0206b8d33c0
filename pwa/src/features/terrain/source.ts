import type { Source } from '../../map/tiles';
import { eyesOf, type session as Session } from '../../session.svelte';
import { status } from '../../sync/status.svelte';
import { EYES } from '../../worker/names';

/** Where the map of whoever uses this device comes from; what another role is shown is on no device. */
export const sourceOf = ({ seeing, db }: typeof Session): Source => ({
  headers: seeing ? { [EYES]: eyesOf(seeing) } : {},
  database: seeing ? null : db.name,
  reachable: () => status.reachable,
});
