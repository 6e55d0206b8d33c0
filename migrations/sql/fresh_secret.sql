-- A new secret at every sign-in and when one's own rights grow: the session that a browser had before ends, and what somebody read of it is
-- worth nothing.

-- As before; the session that this browser had already ends.
drop function app.sign_in(bytea, text, bytea, bytea, uuid, bytea, text);
create function app.sign_in(p_token_hash bytea, p_email text, p_code_hash bytea, p_browser_hash bytea, p_session uuid, p_session_hash bytea,
  p_device text, p_before bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare link sign_in_link%rowtype;
begin
  if p_token_hash is not null then
    select * into link from sign_in_link l where l.token_hash = p_token_hash for update;
    -- A link that was asked for in a browser works in that browser only; elsewhere the code does.
    if found and not link.operator and link.browser_hash is distinct from p_browser_hash then return false; end if;
  else
    select * into link from sign_in_link l where l.email = lower(p_email) and l.consumed_at is null order by l.created_at desc limit 1 for update;
    if found and (link.attempts >= 5 or link.code_hash is distinct from p_code_hash) then
      update sign_in_link l set attempts = attempts + 1 where l.id = link.id;
      return false;
    end if;
  end if;
  if link.id is null or link.person_id is null or link.consumed_at is not null or link.expires_at <= app.now() then return false; end if;
  update sign_in_link l set consumed_at = app.now() where l.id = link.id;
  update session s set revoked_at = app.now() where s.token_hash = p_before and s.revoked_at is null;
  perform app.open_session(p_session, p_session_hash, link.person_id, p_device,
    case when link.operator then 'operator' when p_token_hash is null then 'code' else 'mail' end, link.operator);
  return true;
end $$;
revoke execute on function app.sign_in(bytea, text, bytea, bytea, uuid, bytea, text, bytea) from public;
grant execute on function app.sign_in(bytea, text, bytea, bytea, uuid, bytea, text, bytea) to terrein_app;

-- As before; whoever is signed in goes on under a new secret, and somebody new leaves no earlier session of this browser behind.
create or replace function app.accept_invitation(p_token_hash bytea, p_person uuid, p_name text, p_language text, p_membership uuid, p_session uuid, p_session_hash bytea, p_device text)
returns text language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  i invitation%rowtype := app.standing_invitation(p_token_hash);
  here bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  who uuid;
  made boolean;
begin
  if i.id is null then return null; end if;
  insert into person (id, email, name, language) values (p_person, i.email, coalesce(p_name, i.name, split_part(i.email, '@', 1)), p_language)
    on conflict (email) do nothing;
  made := found;
  select p.id into strict who from person p where p.email = i.email;
  insert into membership (id, person_id, organisation_id, terrain_id, role, valid_from)
  values (p_membership, who, i.organisation_id, i.terrain_id, i.role, app.now()) on conflict do nothing;
  update invitation set accepted_at = app.now(), accepted_by = who where id = i.id;
  if made then
    update session s set revoked_at = app.now() where s.token_hash = here and s.revoked_at is null;
    perform app.open_session(p_session, p_session_hash, who, p_device, 'mail', false);
    return 'entered';
  end if;
  if who = app.account() then
    update session s set token_hash = p_session_hash where s.token_hash = here;
    return 'signed in';
  end if;
  return 'sign in';
end $$;
