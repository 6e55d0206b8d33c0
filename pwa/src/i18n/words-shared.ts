import type { Audience, Willingness } from '../domain/issue';
import { m } from '.';

/** Who sees a thing and what supporters bring: words that come with an opened issue, not with the first screen. */
const audiences = {
  ME: m.audience_me,
  TEAM: m.audience_team,
  PARTIES: m.audience_parties,
  TERRAIN: m.audience_terrain,
  MUNICIPALITY: m.audience_municipality,
  PUBLIC: m.audience_public,
};
const audienceHints = {
  ME: m.audience_hint_me,
  TEAM: m.audience_hint_team,
  PARTIES: m.audience_hint_parties,
  TERRAIN: m.audience_hint_terrain,
  MUNICIPALITY: m.audience_hint_municipality,
  PUBLIC: m.audience_hint_public,
};
const willing = {
  MONEY: m.willing_money,
  HOURS: m.willing_hours,
  LAND: m.willing_land,
  MORAL: m.willing_moral,
};

export const audienceWord = (audience: Audience): string => audiences[audience]();
export const audienceHint = (audience: Audience): string => audienceHints[audience]();
export const willingWord = (willingness: Willingness): string => willing[willingness]();
