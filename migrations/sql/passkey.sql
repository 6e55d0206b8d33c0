-- Signing in with a passkey, and roles that count only for somebody who signed in strongly: with a passkey, through an organisation's own
-- identity provider, or by a link that the operator gave in person. A mailbox alone is no proof for those who see or decide a great deal.

create table passkey (
  id uuid primary key,
  person_id uuid not null references person,
  credential_id bytea not null unique check (length(credential_id) between 1 and 1023),
  -- The public key and the counter of signatures, as the server's library keeps them.
  credential jsonb not null,
  name text not null check (length(name) between 1 and 80),
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index on passkey (person_id);

-- What an authenticator is asked to sign: five minutes, once, on whichever node the answer comes in.
create table sign_in_challenge (
  id uuid primary key,
  kind text not null check (kind in ('sign_in', 'add')),
  -- For `add`: the session that asked, and no other, may answer.
  session_hash bytea,
  state jsonb not null,
  expires_at timestamptz not null,
  check ((kind = 'add') = (session_hash is not null))
);
create index on sign_in_challenge (expires_at);

alter table session
  add method text not null default 'mail' check (method in ('mail', 'code', 'operator', 'passkey', 'oidc')),
  add strong boolean not null default false,
  add passkey_id uuid references passkey on delete set null;
create index on session (passkey_id) where passkey_id is not null;
alter table sign_in_link add operator boolean not null default false;
-- Links that wait for somebody were asked for in a browser, or made by the operator.
update sign_in_link set operator = true where browser_hash is null;

-- Whether the caller signed in strongly, or this installation asks that of nobody (`app.strong_sign_in`, set with the connection; without
-- it strong sign-in is required).
create function app.strong() returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare hash bytea;
begin
  if current_setting('app.strong_sign_in', true) = 'offered' then return true; end if;
  hash := decode(nullif(current_setting('app.session', true), ''), 'hex');
  return coalesce((select s.strong from session s where s.token_hash = hash and s.revoked_at is null and s.expires_at > app.now()), false);
end $$;

-- Whether a role of the caller's counts in this session. Every function that tells whose organisations or terrains the caller has asks it
-- (of terrains: roles.sql).
create function app.role_counts(role text) returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return role <> all ('{municipality,province,grid_operator,admin,aanjager,park_manager}') or app.strong();
end $$;

create or replace function app.my_organisations() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz;
begin
  if me is null then return null; end if;
  moment := app.now();
  return (select array_agg(distinct organisation_id) from membership
    where person_id = me and valid_from <= moment and (valid_until is null or valid_until > moment) and app.role_counts(role));
end $$;

-- Whether a role of the caller's waits for a strong sign-in.
create function app.needs_strong() returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  return exists (select from membership m
    where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) and not app.role_counts(m.role));
end $$;

-- What a person sees widens when a session becomes strong and narrows when it no longer is: another scope, so that a copy on a device
-- begins anew.
create or replace function app.scope() returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  return ((select count(*) from app.narrowing)
    + coalesce((select scope from person where id = me), 0)
    + (select count(*) filter (where valid_from <= moment) + count(*) filter (where valid_until <= moment) from membership where person_id = me)) * 2
    + case when me is not null and app.needs_strong() then 1 else 0 end;
end $$;

-- Whether somebody has a way to sign in strongly already. Who has one adds another with it; a mailbox is for the first alone, or it would
-- be worth as much as what it stands in for.
create function app.has_strong_way(p_person uuid) returns boolean language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return exists (select from passkey where person_id = p_person);
end $$;

-- Whether the caller may add or remove passkeys: `open`, or what has to happen first: `again` (a sign-in of a quarter of an hour ago at
-- most), `strong` (a sign-in with what the person has already); null for nobody.
create function app.passkey_door() returns text language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare here session%rowtype;
begin
  select * into here from session s
  where s.token_hash = decode(nullif(current_setting('app.session', true), ''), 'hex') and s.person_id = app.person();
  if not found then return null; end if;
  if here.strong then return 'open'; end if;
  if app.needs_strong() and app.has_strong_way(here.person_id) then return 'strong'; end if;
  if here.created_at <= app.now() - interval '15 minutes' then return 'again'; end if;
  return 'open';
end $$;

-- A session, for every way in. Nobody is granted this: it is called by the functions that looked at the proof.
create function app.open_session(p_id uuid, p_hash bytea, p_person uuid, p_device text, p_method text, p_strong boolean, p_passkey uuid default null)
returns void language plpgsql set search_path = pg_catalog, public as $$
begin
  insert into session (id, token_hash, person_id, device, method, strong, passkey_id, created_at, last_seen_at, expires_at)
  values (p_id, p_hash, p_person, left(p_device, 200), p_method, p_strong, p_passkey, app.now(), app.now(), app.now()
    + case when exists (select from membership m where m.person_id = p_person and m.role in ('municipality', 'grid_operator', 'admin')
                          and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now()))
        then interval '8 hours' else interval '30 days' end);
end $$;

-- As before; it says how somebody came in, and a link made by the operator is a strong one.
create or replace function app.sign_in(p_token_hash bytea, p_email text, p_code_hash bytea, p_browser_hash bytea, p_session uuid, p_session_hash bytea, p_device text)
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
  perform app.open_session(p_session, p_session_hash, link.person_id, p_device,
    case when link.operator then 'operator' when p_token_hash is null then 'code' else 'mail' end, link.operator);
  return true;
end $$;

-- Passkeys: the server checks the signature between taking the challenge and what follows from it, in one transaction.

-- Lays a challenge down; `add` is for the caller's session, when it may.
create function app.lay_challenge(p_id uuid, p_kind text, p_state jsonb) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if p_kind = 'add' and app.passkey_door() is distinct from 'open' then
    raise insufficient_privilege using message = 'no passkey may be added in this session';
  end if;
  insert into sign_in_challenge (id, kind, session_hash, state, expires_at)
  values (p_id, p_kind, case when p_kind = 'add' then decode(current_setting('app.session'), 'hex') end, p_state, app.now() + interval '5 minutes');
end $$;

-- Takes a challenge away, right or wrong: there is no second answer to it. Nothing for one that is spent, too old, or of another session.
create function app.take_challenge(p_id uuid, p_kind text) returns jsonb language plpgsql security definer set search_path = pg_catalog, public as $$
declare taken sign_in_challenge%rowtype;
begin
  delete from sign_in_challenge c where c.id = p_id and c.kind = p_kind
    and (c.session_hash is null or c.session_hash = decode(nullif(current_setting('app.session', true), ''), 'hex'))
  returning * into taken;
  if not found or taken.expires_at <= app.now() then return null; end if;
  return taken.state;
end $$;

-- The passkey somebody shows. Held until the transaction ends, so that one counter is not accepted twice.
create function app.shown_passkey(p_credential_id bytea) returns table (id uuid, person_id uuid, credential jsonb)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  return query select p.id, p.person_id, p.credential from passkey p where p.credential_id = p_credential_id for update;
end $$;

-- A session for whoever showed a passkey; the session that this browser had before ends.
create function app.sign_in_with_passkey(p_passkey uuid, p_credential jsonb, p_session uuid, p_session_hash bytea, p_device text, p_before bytea)
returns void language plpgsql security definer set search_path = pg_catalog, public as $$
declare whose uuid;
begin
  update passkey p set credential = p_credential, last_used_at = app.now() where p.id = p_passkey returning p.person_id into strict whose;
  update session s set revoked_at = app.now() where s.token_hash = p_before and s.revoked_at is null;
  perform app.open_session(p_session, p_session_hash, whose, p_device, 'passkey', true, p_passkey);
end $$;

-- A passkey for the caller. A weak session becomes strong by it, under a new secret: who had read the old one has nothing. False when it is
-- somebody's already.
create function app.add_passkey(p_id uuid, p_credential_id bytea, p_credential jsonb, p_name text, p_session_hash bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if app.passkey_door() is distinct from 'open' then
    raise insufficient_privilege using message = 'no passkey may be added in this session';
  end if;
  insert into passkey (id, person_id, credential_id, credential, name, created_at)
  values (p_id, app.person(), p_credential_id, p_credential, p_name, app.now()) on conflict (credential_id) do nothing;
  if not found then return false; end if;
  update session s set strong = true, passkey_id = p_id, token_hash = p_session_hash
  where s.token_hash = decode(current_setting('app.session'), 'hex') and not s.strong;
  return true;
end $$;

-- Removes one of the caller's passkeys and signs out the other devices that came in with it. When it was the last, what was strong by it
-- is so no longer. False when the caller has no such passkey.
create function app.remove_passkey(p_id uuid) returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
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
  if not exists (select from passkey p where p.person_id = me) then
    update session s set strong = false where s.person_id = me and s.strong and s.method not in ('oidc', 'operator');
  end if;
  return true;
end $$;

-- Word to every node that what somebody may see is another: a session that ended or changed, a role given or taken.
create function app.notify_person() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform pg_notify('terrein_person', case tg_table_name when 'person' then new.id else (to_jsonb(new) ->> 'person_id')::uuid end::text);
  return null;
end $$;
create trigger notify_person after update on session for each row
  when (old.revoked_at is distinct from new.revoked_at or old.strong is distinct from new.strong or old.token_hash is distinct from new.token_hash)
  execute function app.notify_person();
create trigger notify_person after update on person for each row when (old.scope is distinct from new.scope) execute function app.notify_person();

call app.protect('passkey');
call app.protect('sign_in_challenge');
revoke execute on function app.strong(), app.role_counts(text), app.needs_strong(), app.has_strong_way(uuid), app.passkey_door(),
  app.open_session(uuid, bytea, uuid, text, text, boolean, uuid), app.lay_challenge(uuid, text, jsonb), app.take_challenge(uuid, text),
  app.shown_passkey(bytea), app.sign_in_with_passkey(uuid, jsonb, uuid, bytea, text, bytea),
  app.add_passkey(uuid, bytea, jsonb, text, bytea), app.remove_passkey(uuid), app.notify_person() from public;
grant execute on function app.strong(), app.role_counts(text), app.needs_strong(), app.passkey_door(), app.lay_challenge(uuid, text, jsonb),
  app.take_challenge(uuid, text), app.shown_passkey(bytea), app.sign_in_with_passkey(uuid, jsonb, uuid, bytea, text, bytea),
  app.add_passkey(uuid, bytea, jsonb, text, bytea), app.remove_passkey(uuid) to terrein_app;
grant select, update (name) on passkey to terrein_app;
create policy seen on passkey for select to terrein_app using (person_id = (select app.person()));
create policy renamed on passkey for update to terrein_app using (person_id = (select app.person()));
