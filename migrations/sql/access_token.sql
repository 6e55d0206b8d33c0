-- Personal access tokens: what a program of somebody's shows instead of a session. It sees what its person sees, does what they may do when
-- it may write, and never reaches their account. `app.session` carries which of the two a caller showed: 32 bytes are a session's hash, a
-- token's has a mark before it, so that neither is ever taken for the other.
create table access_token (
  id uuid primary key,
  person_id uuid not null references person,
  name text not null check (length(name) between 1 and 80),
  token_hash bytea not null unique check (length(token_hash) = 33 and get_byte(token_hash, 0) = 116),
  scopes text[] not null check (scopes <@ '{read,write}' and 'read' = any (scopes)),
  -- How its maker was signed in: what asks for a strong sign-in asks it of the token too.
  method text not null,
  strong boolean not null,
  created_at timestamptz not null,
  valid_until timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  check (valid_until > created_at and valid_until <= created_at + interval '366 days')
);
create index on access_token (person_id);

-- Who asks, by session or token. A device with a passkey stays signed in for 30 days without use, others 12 hours. A token that only reads
-- is somebody in a transaction that cannot write, and nobody in any other.
create or replace function app.person() returns uuid language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz;
begin
  if hash is null then return null; end if;
  moment := app.now();
  if length(hash) = 33 then
    return (select t.person_id from access_token t
      where t.token_hash = hash and t.revoked_at is null and t.valid_until > moment
        and ('write' = any (t.scopes) or current_setting('transaction_read_only') = 'on'));
  end if;
  return (select s.person_id from session s
    where s.token_hash = hash and s.revoked_at is null and s.expires_at > moment
      and s.last_seen_at > moment - case when s.passkey_id is null then interval '12 hours' else interval '30 days' end);
end $$;

-- Who asks, when it is somebody with a session: whose account it is. Nobody for a token.
create function app.account() returns uuid language plpgsql stable set search_path = pg_catalog as $$
begin
  if length(current_setting('app.session', true)) = 64 then return app.person(); end if;
  return null;
end $$;

-- As before; a token is as strong as the session it was made in.
create or replace function app.strong() returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare hash bytea;
begin
  if current_setting('app.strong_sign_in', true) = 'offered' then return true; end if;
  hash := decode(nullif(current_setting('app.session', true), ''), 'hex');
  if length(hash) = 33 then
    return coalesce((select t.strong from access_token t where t.token_hash = hash and t.revoked_at is null and t.valid_until > app.now()), false);
  end if;
  return coalesce((select s.strong from session s where s.token_hash = hash and s.revoked_at is null and s.expires_at > app.now()), false);
end $$;

-- Stands before `begin` in the same message: a token that is none (any more) ends the request there, and no transaction is left open.
create function app.check_token(p_hash bytea) returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  if not exists (select from access_token t where t.token_hash = p_hash and t.revoked_at is null and t.valid_until > app.now()) then
    raise exception 'no such access token' using errcode = 'TRN01';
  end if;
  return true;
end $$;

-- A node meets a token: whether it writes; null when it is none. That it was used is written at most once a minute.
create function app.meet_token(p_hash bytea) returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare met access_token%rowtype;
begin
  select * into met from access_token t where t.token_hash = p_hash and t.revoked_at is null and t.valid_until > app.now();
  if not found then return null; end if;
  if met.last_used_at is null or met.last_used_at < app.now() - interval '1 minute' then
    update access_token t set last_used_at = app.now()
    where t.id = met.id and (t.last_used_at is null or t.last_used_at < app.now() - interval '1 minute');
  end if;
  return 'write' = any (met.scopes);
end $$;

-- A token for the caller, who has a session; false when twenty are in use.
create function app.create_access_token(p_id uuid, p_name text, p_hash bytea, p_scopes text[], p_valid_until timestamptz)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare here session%rowtype;
begin
  select * into here from session s
  where s.token_hash = decode(nullif(current_setting('app.session', true), ''), 'hex') and s.person_id = app.account();
  if not found then
    raise insufficient_privilege using message = 'access tokens are made in a session';
  end if;
  -- One at a time, so that nobody gets a twenty-first.
  perform from person p where p.id = here.person_id for no key update;
  if (select count(*) from access_token t where t.person_id = here.person_id and t.revoked_at is null and t.valid_until > app.now()) >= 20 then
    return false;
  end if;
  insert into access_token (id, person_id, name, token_hash, scopes, method, strong, created_at, valid_until)
  values (p_id, here.person_id, p_name, p_hash, p_scopes, here.method, here.strong, app.now(), p_valid_until);
  return true;
end $$;

-- With the last passkey goes the strength of what was strong by it.
create function app.weaken_tokens() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if not exists (select from passkey p where p.person_id = old.person_id) then
    update access_token t set strong = false where t.person_id = old.person_id and t.strong and t.method not in ('oidc', 'operator');
  end if;
  return null;
end $$;
create trigger weaken_tokens after delete on passkey for each row execute function app.weaken_tokens();
create trigger notify_person after update on access_token for each row
  when (old.revoked_at is distinct from new.revoked_at or old.strong is distinct from new.strong) execute function app.notify_person();

call app.protect('access_token');
revoke execute on function app.account(), app.check_token(bytea), app.meet_token(bytea),
  app.create_access_token(uuid, text, bytea, text[], timestamptz), app.weaken_tokens() from public;
grant execute on function app.account(), app.check_token(bytea), app.meet_token(bytea),
  app.create_access_token(uuid, text, bytea, text[], timestamptz) to terrein_app;
grant select, update (revoked_at) on access_token to terrein_app;
create policy mine on access_token for select to terrein_app using (person_id = (select app.account()));
create policy mine_revoked on access_token for update to terrein_app
  using (person_id = (select app.account())) with check (person_id = (select app.account()));

-- What makes up an account is its person's own, in a session.
alter policy mine on session using (person_id = (select app.account()));
alter policy mine_revoked on session using (person_id = (select app.account())) with check (person_id = (select app.account()));
alter policy self_edits on person using (id = (select app.account())) with check (id = (select app.account()));
alter policy seen on passkey using (person_id = (select app.account()));
alter policy renamed on passkey using (person_id = (select app.account())) with check (person_id = (select app.account()));
alter policy seen on oidc_identity using (person_id = (select app.account()));
