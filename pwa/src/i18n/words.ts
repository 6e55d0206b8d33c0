import type { Issue, IssueKind, IssueState, Theme } from '../domain/issue';
import type { ViewedIssue } from '../store/view';
import type { Geometry } from '../domain/geo';
import { sizeOf } from '../domain/measure';
import { area, length, m } from '.';

const kinds = { PROBLEM: m.kind_problem, OPPORTUNITY: m.kind_opportunity, CHALLENGE: m.kind_challenge };
const kindsMany = {
  PROBLEM: m.kinds_problem,
  OPPORTUNITY: m.kinds_opportunity,
  CHALLENGE: m.kinds_challenge,
};
const themes = {
  ENERGY: m.theme_energy,
  CLIMATE: m.theme_climate,
  MOBILITY: m.theme_mobility,
  CIRCULAR: m.theme_circular,
  SPACE: m.theme_space,
  BIODIVERSITY: m.theme_biodiversity,
  SAFETY: m.theme_safety,
  OTHER: m.theme_other,
};
const themesLong = {
  ENERGY: m.theme_long_energy,
  CLIMATE: m.theme_long_climate,
  MOBILITY: m.theme_long_mobility,
  CIRCULAR: m.theme_long_circular,
  SPACE: m.theme_long_space,
  BIODIVERSITY: m.theme_long_biodiversity,
  SAFETY: m.theme_long_safety,
  OTHER: m.theme_long_other,
};
const states = {
  OPEN: m.state_open,
  TAKEN_UP: m.state_taken_up,
  SOLVED: m.state_solved,
  DROPPED: m.state_dropped,
};
const roles: Record<string, () => string> = {
  AANJAGER: m.role_aanjager,
  ENTREPRENEUR: m.role_entrepreneur,
  OWNER: m.role_owner,
  MUNICIPALITY: m.role_municipality,
  GRID_OPERATOR: m.role_grid_operator,
  PARK_MANAGER: m.role_park_manager,
  PROJECT_LEAD: m.role_project_lead,
  PROVINCE: m.role_province,
  PARTNER: m.role_partner,
  ADMIN: m.role_admin,
};
export const kindWord = (kind: IssueKind): string => kinds[kind]();
export const kindWords = (kind: IssueKind): string => kindsMany[kind]();
export const themeWord = (theme: Theme): string => themes[theme]();
export const themeWordLong = (theme: Theme): string => themesLong[theme]();
export const stateWord = (state: IssueState): string => states[state]();
export const roleWord = (role: string | null): string => roles[role ?? '']?.() ?? m.role_someone();

/** What an issue is called: its title, or kind and theme when it has none. */
export const issueName = (issue: Issue): string =>
  issue.title ?? m.untitled({ kind: kindWord(issue.kind), theme: themeWord(issue.theme).toLowerCase() });

/** "lijn, 240 m", "vlak, 1.230 m²"; null for a spot. */
export function sizeWord(geometry: Geometry): string | null {
  const size = sizeOf(geometry);
  if (!size) return null;
  return 'metres' in size
    ? m.size_line({ length: length(size.metres) })
    : m.size_area({ area: area(Math.round(size.squareMetres)) });
}

/** An issue as it is read aloud. */
export function spoken(issue: ViewedIssue, selected = false): string {
  return [
    kindWord(issue.kind),
    themeWordLong(issue.theme),
    issue.title,
    sizeWord(issue.geometry),
    issue.pending === 'waiting' && m.spoken_waiting(),
    issue.pending === 'refused' && m.spoken_refused(),
    issue.supportCount > 0 && m.spoken_support({ count: issue.supportCount }),
    (issue.state === 'SOLVED' || issue.state === 'DROPPED') && stateWord(issue.state).toLowerCase(),
    selected && m.spoken_selected(),
  ]
    .filter(Boolean)
    .join(', ');
}
