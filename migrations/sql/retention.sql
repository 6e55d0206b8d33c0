-- What is kept for a while only. A command's first answer: 60 days, twice what a device may be away with unsent work. Ways in that were
-- used or ended: a day, for the limits on asking. Sessions, access tokens and invitations that ended or were answered: 30 days, for the
-- lists a person looks at. What a passkey had to sign: until it is too late.
create function app.forget_ended() returns bigint language plpgsql security definer set search_path = pg_catalog, public as $$
declare commands bigint; links bigint; sessions bigint; challenges bigint; tokens bigint; invitations bigint;
begin
  delete from command_log where created_at < app.now() - interval '60 days';
  get diagnostics commands = row_count;
  delete from sign_in_link where expires_at < app.now() - interval '1 day';
  get diagnostics links = row_count;
  delete from session where coalesce(revoked_at, expires_at) < app.now() - interval '30 days';
  get diagnostics sessions = row_count;
  delete from sign_in_challenge where expires_at < app.now();
  get diagnostics challenges = row_count;
  delete from access_token where coalesce(revoked_at, valid_until) < app.now() - interval '30 days';
  get diagnostics tokens = row_count;
  delete from invitation where least(coalesce(accepted_at, withdrawn_at, expires_at), expires_at) < app.now() - interval '30 days';
  get diagnostics invitations = row_count;
  return commands + links + sessions + challenges + tokens + invitations;
end $$;
create index on command_log (created_at);
revoke execute on function app.forget_ended() from public;
grant execute on function app.forget_ended() to terrein_jobs;
