import type { Terrain } from '../../domain/place';
import { area, m } from '../../i18n';

/**
 * A terrain in one line. Who may not see companies hears nothing of them, rather than that there are none.
 */
export function terrainFacts(
  terrain: Terrain,
  known: { companies?: number; openPins?: number | null; locality?: boolean } = {},
): string {
  const companies = Math.max(terrain.companyCount, known.companies ?? 0);
  return [
    known.locality && terrain.locality,
    area(terrain.areaM2),
    companies > 0 && m.n_companies({ count: companies }),
    known.openPins !== null && m.n_open_pins({ count: known.openPins ?? terrain.openIssueCount }),
  ]
    .filter(Boolean)
    .join(' · ');
}
