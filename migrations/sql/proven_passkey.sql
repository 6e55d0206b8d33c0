-- A passkey that was added by mail alone, before its person had a role that asks a strong sign-in, signs in and is no strong proof: nobody
-- looked at who added it, and it may have waited for the role. What is added once the role is there takes the place of those.
alter table passkey add proven boolean not null default false;
-- Those of people who had such a role when they added one.
update passkey p set proven = exists (select from membership m
  where m.person_id = p.person_id and m.role = any (app.strong_roles()) and m.valid_from <= p.created_at
    and (m.valid_until is null or m.valid_until > p.created_at));
update session s set strong = false from passkey p where p.id = s.passkey_id and not p.proven and s.strong and s.method not in ('oidc', 'operator');

-- Whether somebody holds a role that asks a strong sign-in, whatever this installation asks today.
create function app.holds_strong_role(p_person uuid) returns boolean language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return exists (select from membership m where m.person_id = p_person and m.role = any (app.strong_roles())
    and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now()));
end $$;

create or replace function app.has_strong_way(p_person uuid) returns boolean language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return exists (select from passkey where person_id = p_person and proven) or exists (select from oidc_identity where person_id = p_person);
end $$;

-- As before; with a passkey that is no strong proof nobody adds one that is: the mailbox is asked too.
create or replace function app.passkey_door() returns text language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare here session%rowtype;
begin
  select * into here from session s
  where s.token_hash = decode(nullif(current_setting('app.session', true), ''), 'hex') and s.person_id = app.person();
  if not found then return null; end if;
  if here.strong then return 'open'; end if;
  if app.needs_strong() and app.has_strong_way(here.person_id) then return 'strong'; end if;
  if here.created_at <= app.now() - interval '15 minutes' or (here.method = 'passkey' and app.holds_strong_role(here.person_id)) then return 'again'; end if;
  return 'open';
end $$;

create or replace function app.sign_in_with_passkey(p_passkey uuid, p_credential jsonb, p_session uuid, p_session_hash bytea, p_device text, p_before bytea)
returns void language plpgsql security definer set search_path = pg_catalog, public as $$
declare shown passkey%rowtype;
begin
  update passkey p set credential = p_credential, last_used_at = app.now() where p.id = p_passkey returning p.* into strict shown;
  update session s set revoked_at = app.now() where s.token_hash = p_before and s.revoked_at is null;
  perform app.open_session(p_session, p_session_hash, shown.person_id, p_device, 'passkey', shown.proven, p_passkey);
end $$;

create or replace function app.add_passkey(p_id uuid, p_credential_id bytea, p_credential jsonb, p_name text, p_session_hash bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  here bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  is_proof boolean;
begin
  if app.passkey_door() is distinct from 'open' then
    raise insufficient_privilege using message = 'no passkey may be added in this session';
  end if;
  is_proof := app.holds_strong_role(me) or exists (select from session s where s.token_hash = here and s.strong);
  insert into passkey (id, person_id, credential_id, credential, name, created_at, proven)
  values (p_id, me, p_credential_id, p_credential, p_name, app.now(), is_proof) on conflict (credential_id) do nothing;
  if not found then return false; end if;
  update session s set strong = is_proof, passkey_id = p_id, token_hash = p_session_hash where s.token_hash = here and not s.strong;
  if app.holds_strong_role(me) then
    update session s set revoked_at = app.now() from passkey p
    where p.person_id = me and not p.proven and s.passkey_id = p.id and s.revoked_at is null;
    delete from passkey p where p.person_id = me and not p.proven;
  end if;
  return true;
end $$;

create or replace function app.remove_passkey(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  here bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
begin
  if app.passkey_door() is distinct from 'open' then
    raise insufficient_privilege using message = 'no passkey may be removed in this session';
  end if;
  if not exists (select from passkey p where p.id = p_id and p.person_id = me) then return false; end if;
  update session s set revoked_at = app.now() where s.passkey_id = p_id and s.token_hash <> here and s.revoked_at is null;
  delete from passkey p where p.id = p_id;
  if not exists (select from passkey p where p.person_id = me and p.proven) then
    update session s set strong = false where s.person_id = me and s.strong and s.method not in ('oidc', 'operator');
  end if;
  return true;
end $$;

-- With the last that is a proof goes the strength of what was strong by it.
create or replace function app.weaken_tokens() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if not exists (select from passkey p where p.person_id = old.person_id and p.proven) then
    update access_token t set strong = false where t.person_id = old.person_id and t.strong and t.method not in ('oidc', 'operator');
  end if;
  return null;
end $$;
revoke execute on function app.holds_strong_role(uuid) from public;
