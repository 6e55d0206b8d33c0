-- Sign-in for somebody who is nobody yet: definer functions, the only way in. Each answers alike whether or not the address is known.

-- Lays down a link; answers the name and language to write to, or no row when nothing is to be mailed (unknown, or three an hour).
create function app.request_sign_in(p_id uuid, p_email text, p_token_hash bytea, p_code_hash bytea, p_browser_hash bytea)
returns table (name text, language text) language plpgsql security definer set search_path = pg_catalog, public as $$
declare who person%rowtype;
begin
  if (select count(*) from sign_in_link l where l.email = lower(p_email) and l.created_at > app.now() - interval '1 hour') >= 3 then
    return;
  end if;
  select * into who from person p where p.email = lower(p_email);
  -- The newest link only.
  update sign_in_link l set consumed_at = app.now() where l.email = lower(p_email) and l.consumed_at is null;
  insert into sign_in_link (id, email, person_id, token_hash, code_hash, browser_hash, created_at, expires_at)
  values (p_id, lower(p_email), who.id, p_token_hash, p_code_hash, p_browser_hash, app.now(), app.now() + interval '15 minutes');
  if who.id is not null then
    name := who.name; language := who.language; return next;
  end if;
end $$;

-- Turns a link (in the asking browser, or made by an operator) or a code into a session; false when it is not valid.
create function app.sign_in(p_token_hash bytea, p_email text, p_code_hash bytea, p_browser_hash bytea, p_session uuid, p_session_hash bytea, p_device text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare link sign_in_link%rowtype;
begin
  if p_token_hash is not null then
    select * into link from sign_in_link l where l.token_hash = p_token_hash for update;
    -- A link that was asked for in a browser works in that browser only; elsewhere the code does.
    if found and link.browser_hash is not null and link.browser_hash is distinct from p_browser_hash then return false; end if;
  else
    select * into link from sign_in_link l where l.email = lower(p_email) and l.consumed_at is null order by l.created_at desc limit 1 for update;
    if found and (link.attempts >= 5 or link.code_hash is distinct from p_code_hash) then
      update sign_in_link l set attempts = attempts + 1 where l.id = link.id;
      return false;
    end if;
  end if;
  if link.id is null or link.person_id is null or link.consumed_at is not null or link.expires_at <= app.now() then return false; end if;
  update sign_in_link l set consumed_at = app.now() where l.id = link.id;
  insert into session (id, token_hash, person_id, device, created_at, last_seen_at, expires_at)
  values (p_session, p_session_hash, link.person_id, left(p_device, 200), app.now(), app.now(), app.now()
    + case when exists (select from membership m where m.person_id = link.person_id and m.role in ('municipality', 'grid_operator', 'admin')
                          and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now()))
        then interval '8 hours' else interval '30 days' end);
  return true;
end $$;

-- Idle sessions end after 12 hours; being used moves last_seen_at, at most once a minute.
create function app.touch_session() returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
begin
  update session s set last_seen_at = app.now()
  where s.token_hash = hash and s.revoked_at is null and s.expires_at > app.now() and s.last_seen_at < app.now() - interval '1 minute';
  return found;
end $$;

revoke execute on all functions in schema app from public;
grant execute on function app.request_sign_in(uuid, text, bytea, bytea, bytea),
  app.sign_in(bytea, text, bytea, bytea, uuid, bytea, text), app.touch_session() to terrein_app;
