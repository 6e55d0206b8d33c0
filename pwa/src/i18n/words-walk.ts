import type { Willingness } from '../domain/issue';
import type { InfrastructureKind } from '../domain/place';
import type { PromiseOwner, Question, Sharing, Willing } from '../domain/talk';
import { m } from '.';

/** Words of a walk and of the talks on it: they come with the first one. */
const questions: Record<Question, (facts: { name: string }) => string> = {
  COMPANY_PRESENT: m.quest_company_present,
  COMPANY_ACTIVITY: m.quest_company_activity,
  BUILDING_USE: () => m.quest_building_use(),
  PLOT_USE: m.quest_plot_use,
  INFRASTRUCTURE_CONDITION: m.quest_infrastructure_condition,
};
const answers: Record<string, () => string> = {
  YES: m.answer_yes,
  NO: m.answer_no,
  MOVED: m.answer_moved,
  IN_USE: m.answer_in_use,
  PARTLY: m.answer_partly,
  VACANT: m.answer_vacant,
  FALLOW: m.answer_fallow,
  FOR_SALE: m.answer_for_sale,
  GOOD: m.answer_good,
  FAIR: m.answer_fair,
  BAD: m.answer_bad,
  BROKEN: m.answer_broken,
};
/** As a question names them: "How is this lamp?" */
const things: Partial<Record<InfrastructureKind, () => string>> = {
  STATION: m.this_station,
  ROAD: m.this_road,
  CYCLE_PATH: m.this_cycle_path,
  CAMERA: m.this_camera,
  LAMP: m.this_lamp,
  CHARGER: m.this_charger,
};
const willing: Record<Exclude<Willing, 'NOT_ASKED'>, () => string> = {
  YES: m.talk_willing_yes,
  MAYBE: m.talk_willing_maybe,
  NO: m.talk_willing_no,
};
const forms: Record<Willingness, () => string> = {
  MONEY: m.talk_form_money,
  HOURS: m.talk_form_hours,
  LAND: m.talk_form_land,
  MORAL: m.talk_form_moral,
};
const sharings: Record<Sharing, () => string> = {
  WITHOUT_NAME: m.talk_sharing_without_name,
  WITH_NAME: m.talk_sharing_with_name,
  TEAM_ONLY: m.talk_sharing_team_only,
};
const sharingHints: Record<Sharing, () => string> = {
  WITHOUT_NAME: m.talk_sharing_without_name_hint,
  WITH_NAME: m.talk_sharing_with_name_hint,
  TEAM_ONLY: m.talk_sharing_team_only_hint,
};

export const questionWord = (question: Question, name: string): string => questions[question]({ name });
export const answerWord = (answer: string): string => answers[answer]?.() ?? answer;
export const thingWord = (kind: InfrastructureKind): string => things[kind]?.() ?? m.this_other();
export const willingWordOf = (willingness: Exclude<Willing, 'NOT_ASKED'>): string => willing[willingness]();
export const formWord = (form: Willingness): string => forms[form]();
export const sharingWord = (sharing: Sharing): string => sharings[sharing]();
export const sharingHint = (sharing: Sharing): string => sharingHints[sharing]();
export const ownerWord = (owner: PromiseOwner): string => (owner === 'US' ? m.walk_us() : m.walk_party());
