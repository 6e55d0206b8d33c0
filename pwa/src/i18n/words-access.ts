import type { Device } from '../domain/device';
import { m } from '.';

/** Words of the screens about people and accounts: apart, so that the first screen does not carry them. */
const roleHints: Record<string, () => string> = {
  AANJAGER: m.hint_aanjager,
  ENTREPRENEUR: m.hint_entrepreneur,
  OWNER: m.hint_owner,
  MUNICIPALITY: m.hint_municipality,
  GRID_OPERATOR: m.hint_grid_operator,
  PARK_MANAGER: m.hint_park_manager,
  PROJECT_LEAD: m.hint_project_lead,
  PROVINCE: m.hint_province,
  PARTNER: m.hint_partner,
  ADMIN: m.hint_admin,
};
/** How somebody signed in. */
const methods: Record<string, () => string> = {
  mail: m.method_mail,
  code: m.method_code,
  operator: m.method_operator,
  passkey: m.method_passkey,
  oidc: m.method_oidc,
};

export const roleHint = (role: string): string => roleHints[role]?.() ?? '';
export const methodWord = (method: string): string | null => methods[method.toLowerCase()]?.() ?? null;
export const deviceWord = ({ browser, system }: Device): string =>
  browser && system ? m.device_on({ browser, system }) : (browser ?? system ?? m.device_unknown());
