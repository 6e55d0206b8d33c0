-- Whether the session that is shown was ended by its person, on another device or by changing how they sign in: not by its time. A phone that
-- asks wipes what it took along; whoever else shows a secret that was once one learns only that.
create function app.session_revoked() returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return exists (select from session s
    where s.token_hash = decode(nullif(current_setting('app.session', true), ''), 'hex') and s.revoked_at is not null);
end $$;
revoke execute on function app.session_revoked() from public;
grant execute on function app.session_revoked() to terrein_app;
