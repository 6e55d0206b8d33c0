-- A new session secret when what somebody may do changes (a role granted, handed over or withdrawn, by whomever): a secret that was read before is worth
-- nothing under the new role. A session notes the count of its person's role changes; when that has moved on, its next question mints a
-- session in its place, of the same family, under a secret that follows from the old one and a number drawn for it: parallel questions, and one whose
-- answer was lost, get the same. Until the new secret is shown for the first time the old one stands (12 hours at most, so that a lost
-- answer locks nobody out in the field); from then on a minute, for what was under way. On a session that stands still this costs nothing but a comparison.
alter table session
  add scope integer not null default 0,                                -- the person's, when the secret was made
  add family uuid,                                                     -- the first of its line; null: this one
  add succeeds uuid unique references session on delete set null,      -- the one in whose place it is
  add pending boolean not null default false,                          -- its secret was not shown yet
  add renewal bytea;                                                   -- what its successor's secret is made with
create index on session (family) where family is not null;
update session s set scope = p.scope from person p where p.id = s.person_id;

create function app.note_scope() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  new.scope := (select p.scope from person p where p.id = new.person_id);
  if tg_op = 'UPDATE' then
    -- A secret that replaces another at once: what followed from the other one ends, and what went before it.
    delete from session n where n.succeeds = new.id;
    update session o set expires_at = least(o.expires_at, app.now()) where o.id = new.succeeds;
    new.pending := false;
    new.renewal := null;
  end if;
  return new;
end $$;
create trigger note_scope before insert or update of token_hash on session for each row execute function app.note_scope();

-- A family ends as one.
create function app.end_family() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare root uuid := coalesce(new.family, new.id);
begin
  update session s set revoked_at = new.revoked_at where (s.id = root or s.family = root) and s.id <> new.id and s.revoked_at is null;
  return null;
end $$;
create trigger end_family after update of revoked_at on session for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function app.end_family();

-- Notes that the caller's session is used: at most once a minute, when its secret is shown for the first time, and when it is to be renewed. Then
-- it answers what the new secret is made with.
create function app.use_session(p_number bytea) returns bytea language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz := app.now();
  s session%rowtype;
begin
  if app.account() is null then return null; end if;
  select * into strict s from session where token_hash = hash for update;
  if s.last_seen_at < moment - interval '1 minute' then
    update session set last_seen_at = moment where id = s.id;
  end if;
  if s.pending then
    update session set pending = false where id = s.id;
    update session o set expires_at = least(o.expires_at, moment + interval '1 minute') where o.id = s.succeeds;
    -- A passkey that is being added goes on.
    update sign_in_challenge c set session_hash = hash from session o where o.id = s.succeeds and c.session_hash = o.token_hash;
  end if;
  if s.scope = (select p.scope from person p where p.id = s.person_id)
    or exists (select from session n where n.succeeds = s.id and not n.pending) then
    return null;
  end if;
  if s.renewal is null then
    update session set renewal = p_number where id = s.id;
    return p_number;
  end if;
  return s.renewal;
end $$;

-- The session in place of the caller's, which has the lock on it.
create function app.renew_session(p_id uuid, p_hash bytea) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz := app.now();
begin
  if app.account() is null then return; end if;
  insert into session (id, token_hash, person_id, device, method, strong, passkey_id, created_at, last_seen_at, expires_at, family, succeeds, pending)
  select p_id, p_hash, s.person_id, s.device, s.method, s.strong, s.passkey_id, s.created_at, moment, s.expires_at, coalesce(s.family, s.id), s.id, true
  from session s where s.token_hash = hash and s.renewal is not null
  on conflict do nothing;
  if found then
    update session s set expires_at = least(s.expires_at, moment + interval '12 hours') where s.token_hash = hash;
  end if;
end $$;

-- What took the place of the caller's session, for a socket that was opened under it; nothing when the session was ended.
create function app.successor() returns bytea language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
begin
  return (select n.token_hash from session s join session n on n.succeeds = s.id
    where s.token_hash = hash and s.revoked_at is null and n.revoked_at is null and not n.pending);
end $$;

drop function app.touch_session();

-- What was said before, whatever else was changed in it: a session is looked at too when its secret is new or to be renewed; and what is never
-- given of it.
create procedure app.reworded(what regprocedure, before text, after text) language plpgsql as $$
declare said text := pg_get_functiondef(what);
begin
  if strpos(said, before) = 0 then raise exception '% has no %', what, before; end if;
  execute replace(said, before, after);
end $$;
call app.reworded('app.viewer()', $a$select s.last_seen_at < moment - interval '1 minute' from public.session s where s.token_hash = hash$a$,
  $a$select s.last_seen_at < moment - interval '1 minute' or s.pending or s.scope <> p.scope
      from public.session s, public.person p where s.token_hash = hash and p.id = s.person_id$a$);
call app.reworded('app.personal_parts()', $a$('sessions', 'session', 'person_id', 'id', '{token_hash}', true)$a$,
  $a$('sessions', 'session', 'person_id', 'id', '{token_hash,renewal,scope}', true)$a$);
drop procedure app.reworded(regprocedure, text, text);

revoke execute on function app.note_scope(), app.end_family(), app.use_session(bytea), app.renew_session(uuid, bytea), app.successor() from public;
grant execute on function app.use_session(bytea), app.renew_session(uuid, bytea), app.successor() to terrein_app;
