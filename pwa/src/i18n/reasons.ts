import { m } from '.';

/** Codes of the server as plain sentences; what we do not know gets the general one. */
const reasons: Record<string, () => string> = {
  SIGN_IN_FIRST: m.reason_sign_in_first,
  UNAUTHENTICATED: m.reason_sign_in_first,
  NOT_YOUR_TERRAIN: m.reason_not_your_terrain,
  NOT_YOUR_ROLE: m.reason_not_your_role,
  NOT_YOURS: m.reason_not_yours,
  SIGN_IN_STRONGLY: m.reason_strong_sign_in,
  SIGN_IN_AGAIN: m.reason_sign_in_again,
  LAST_AANJAGER: m.reason_last_aanjager,
  DOES_NOT_FIT: m.reason_does_not_fit,
  HAS_ALL_ROLES: m.reason_has_all_roles,
  SEEING_AS: m.reason_seeing_as,
  OFFLINE: m.reason_offline,
  UNREACHABLE: m.reason_offline,
  RATE_LIMITED: m.reason_rate_limited,
  UNAVAILABLE: m.reason_unavailable,
  INTERNAL: m.reason_internal,
  TOO_COMPLEX: m.reason_invalid,
  TOKEN_READS_ONLY: m.reason_token_reads_only,
  NOT_FOR_TOKENS: m.reason_not_for_tokens,
  OTHER_PERSON: m.reason_other_person,
  NOT_THE_AUTHOR: m.reason_not_the_author,
  ALREADY_CLOSED: m.reason_already_closed,
  FORBIDDEN: m.reason_forbidden,
  NOT_FOUND: m.reason_not_found,
  CHANGED_MEANWHILE: m.reason_changed_meanwhile,
  CONFLICT: m.reason_changed_meanwhile,
  STATE_NOT_REACHABLE: m.reason_state_not_reachable,
  ID_TAKEN: m.reason_id_taken,
  INVALID: m.reason_invalid,
  UNREADABLE: m.reason_invalid,
  NO_ISSUE: m.reason_no_issue,
  TOO_LARGE: m.reason_too_large,
  EXACTLY_ONE: m.reason_invalid,
  REQUIRED: m.reason_required,
  TOO_LONG: m.reason_too_long,
  OUT_OF_RANGE: m.reason_out_of_range,
  TOO_MANY: m.reason_too_many,
  NOT_A_GEOMETRY: m.reason_broken_shape,
  WRONG_GEOMETRY_TYPE: m.reason_broken_shape,
  BROKEN_SHAPE: m.reason_broken_shape,
  WRONG_CURSOR: m.reason_wrong_cursor,
  COMMAND_REUSED: m.reason_command_reused,
  TAKEN: m.reason_taken,
  OUTSIDE_THE_NETHERLANDS: m.reason_outside_the_netherlands,
};

/** Refused fields come with a code in small letters (`too-long`), everything else in capitals. */
const known = (code: string | null): (() => string) | undefined =>
  reasons[code?.toUpperCase().replaceAll('-', '_') ?? ''];

export const hasWords = (code: string): boolean => known(code) !== undefined;
export const reasonWord = (code: string | null): string => known(code)?.() ?? m.reason_other();
