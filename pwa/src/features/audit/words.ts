import { m } from '../../i18n';
import { methodWord } from '../../i18n/words-access';

interface Event {
  actorKind: string;
  actor?: string | null;
  actorOrganisation?: string | null;
  action: string;
  result: string;
  method?: string | null;
}

/** What was done, after the name of who did it. A command that this version does not know is told by its name. */
const acts: Record<string, () => string> = {
  signIn: m.audit_do_sign_in,
  signOut: m.audit_do_sign_out,
  addPasskey: m.audit_do_add_passkey,
  renamePasskey: m.audit_do_rename_passkey,
  removePasskey: m.audit_do_remove_passkey,
  revokeSession: m.audit_do_revoke_session,
  revokeOtherSessions: m.audit_do_revoke_other_sessions,
  setLanguage: m.audit_do_set_language,
  acceptInvitation: m.audit_do_accept_invitation,
  invite: m.audit_do_invite,
  withdrawInvitation: m.audit_do_withdraw_invitation,
  grantRole: m.audit_do_grant_role,
  withdrawRole: m.audit_do_withdraw_role,
  handOverRole: m.audit_do_hand_over_role,
  createAccessToken: m.audit_do_create_access_token,
  revokeAccessToken: m.audit_do_revoke_access_token,
  exportPersonalData: m.audit_do_export_personal_data,
  takeAlong: m.audit_do_take_along,
  askToBeErased: m.audit_do_ask_to_be_erased,
  endOccupancy: m.audit_do_edit_occupancy,
  eraseMe: m.audit_do_erase_me,
  readAuditLog: m.audit_do_read_audit_log,
  reportIssue: m.audit_do_report_issue,
  editIssue: m.audit_do_edit_issue,
  shareIssue: m.audit_do_share_issue,
  changeIssueState: m.audit_do_change_issue_state,
  withdrawIssue: m.audit_do_withdraw_issue,
  supportIssue: m.audit_do_support_issue,
  withdrawSupport: m.audit_do_withdraw_support,
  commentOnIssue: m.audit_do_comment_on_issue,
  recordConversation: m.audit_do_record_conversation,
  editConversation: m.audit_do_edit_conversation,
  withdrawConversation: m.audit_do_withdraw_conversation,
  makePromise: m.audit_do_make_promise,
  keepPromise: m.audit_do_keep_promise,
  withdrawPromise: m.audit_do_withdraw_promise,
  linkCompany: m.audit_do_link_company,
  editTerrain: m.audit_do_edit_terrain,
  seeAs: m.audit_do_see_as,
  import: m.audit_do_import,
  makeSignInLink: m.audit_do_make_sign_in_link,
  askSignInMail: m.audit_do_ask_sign_in_mail,
  addOrganisation: m.audit_do_add_organisation,
  setArea: m.audit_do_set_area,
  provision: m.audit_do_provision,
};

function who({ actorKind, actor, actorOrganisation }: Event): string {
  const known =
    actor ?? (actorOrganisation ? m.audit_from({ organisation: actorOrganisation }) : m.audit_somebody());
  switch (actorKind) {
    case 'ERASED':
      return m.audit_erased();
    case 'VISITOR':
      return m.audit_visitor();
    case 'SYSTEM':
      return m.audit_system();
    case 'TOKEN':
      return m.audit_token({ who: known });
    default:
      return known;
  }
}

/** A line of the log in plain words. */
export function auditLine(event: Event): { who: string; what: string; refused: boolean } {
  const what = acts[event.action]?.() ?? m.audit_do_other({ action: event.action });
  const method = event.method ? methodWord(event.method) : null;
  return {
    who: who(event),
    what: method ? m.audit_with_method({ what, method }) : what,
    refused: event.result !== 'done',
  };
}
