-- The rules as they were, cheaper to ask: they run some twenty times in a terrain page. What a definer function costs is its change of user
-- and of search path (1.5 µs), and each statement in it (4 µs; a join or a union 10 to 15). So: one plain statement a function, and
-- what needs no other user is plain SQL, which the planner writes out in the place where it is asked.

-- The moment that counts. A set time is looked at apart: it is there in tests and dry runs alone.
create function app.set_time() returns timestamptz language plpgsql stable set search_path = pg_catalog as $$
begin
  -- A set time counts only in a database marked for tests, or in a transaction that cannot write (--at with --dry-run).
  if current_setting('transaction_read_only') = 'on'
    or exists (select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
               where d.datname = current_database() and 'app.time_travel=on' = any (s.setconfig)) then
    return current_setting('app.now')::timestamptz;
  end if;
  return now();
end $$;
revoke execute on function app.set_time() from public;
grant execute on function app.set_time() to terrein_app, terrein_worker, terrein_importer, terrein_releaser, terrein_jobs;
create or replace function app.now() returns timestamptz language sql stable as $$
  select case when coalesce(pg_catalog.current_setting('app.now', true), '') = '' then pg_catalog.now() else app.set_time() end
$$;

create or replace function app.role_counts(role text) returns boolean language sql stable security invoker as $$
  select role <> all (app.strong_roles()) or app.strong()
$$;
alter function app.role_counts(text) reset all;

create or replace function app.my_organisations() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  if me is null then return null; end if;
  return (select array_agg(m.organisation_id) from public.membership m
    where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) and app.role_counts(m.role));
end $$;

create or replace function app.my_terrains_as(roles text[]) returns uuid[] language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
  terrains uuid[];
  wide boolean;
begin
  if me is null then
    if coalesce(current_setting('app.see_as', true), '') = '' then return null; end if;
    return app.previewed_terrains(roles);
  end if;
  select array_agg(m.terrain_id) filter (where m.terrain_id is not null), bool_or(m.role = 'municipality' and m.terrain_id is null)
    into terrains, wide
    from public.membership m
    where m.person_id = me and m.role = any (roles) and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment)
      and app.role_counts(m.role);
  if wide then
    terrains := terrains || (
      select array_agg(t.terrain_id) from public.membership m join public.organisation o on o.id = m.organisation_id
        join public.terrain_municipality t on t.municipality_code = o.municipality_code
      where m.person_id = me and m.role = 'municipality' and m.terrain_id is null and m.valid_from <= moment
        and (m.valid_until is null or m.valid_until > moment) and app.role_counts(m.role));
  end if;
  return terrains;
end $$;

create or replace function app.my_terrains() returns uuid[] language sql stable as $$
  select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead,municipality}')
$$;
alter function app.my_terrains() reset all;

-- Organisations whose names the caller sees: their own, those of roles they see, and, for an aanjager, those of companies on their terrains.
create function app.shown_organisations() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  mine uuid[] := app.my_organisations();
  terrains uuid[] := app.my_terrains_as('{aanjager}');
  shown uuid[];
begin
  if me is null and terrains is null then return null; end if;
  shown := (select array_agg(m.organisation_id) from public.membership m
    where (m.person_id = me and m.role <> all (app.waiting_roles())) or m.organisation_id = any (mine) or m.terrain_id = any (terrains));
  if terrains is null then return shown; end if;
  return shown || (select array_agg(distinct c.organisation_id) from public.company c
    where c.terrain_id = any (terrains) and c.organisation_id is not null);
end $$;
revoke execute on function app.shown_organisations() from public;
grant execute on function app.shown_organisations() to terrein_app;
alter policy mine_and_on_my_terrains on organisation using (id = any ((select app.shown_organisations())::uuid[]));

-- Somebody signed in, whole, in one statement of a request. Being used keeps a session alive; that is written at most once a minute.
create function app.viewer() returns table (id uuid, name text, email text, language text, strong boolean, untouched boolean, held jsonb,
  territory jsonb, needs_strong_sign_in boolean) language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  account uuid := app.account();
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz := app.now();
begin
  if me is null then return; end if;
  untouched := account is not null and coalesce((select s.last_seen_at < moment - interval '1 minute' from public.session s where s.token_hash = hash), false);
  select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'role', m.role, 'organisation_id', m.organisation_id, 'terrain_id', m.terrain_id) order by m.id)
      filter (where app.role_counts(m.role)), '[]'),
    coalesce(bool_or(not app.role_counts(m.role)), false)
    into held, needs_strong_sign_in
    from public.membership m
    where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment);
  territory := '[]';
  if held @> '[{"role": "municipality"}]' then
    territory := coalesce(to_jsonb(app.my_terrains_as('{municipality}')), '[]');
  end if;
  strong := app.strong();
  return query select p.id, p.name, p.email, p.language, strong, untouched, held, territory, needs_strong_sign_in from public.person p where p.id = me;
end $$;
revoke execute on function app.viewer() from public;
grant execute on function app.viewer() to terrein_app;

-- What mostly decides comes first: a set is computed when a row gets to it, and then once a statement. Whoever sees a terrain sees its
-- companies that are no single person's.
alter policy seen on company using (
  (not sole_trader and terrain_id = any ((select app.my_terrains())::uuid[]))
  or organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager,project_lead,municipality}'))::uuid[]));
do $$
declare rule text := $rule$
  (audience = 'public' and (terrain_id = any ((select app.my_terrains())::uuid[]) or exists (select from terrain t where t.id = terrain_id)))
  or (audience = 'terrain' and terrain_id = any ((select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead}'))::uuid[]))
  or (author_id = (select app.person()) and coalesce(reporter_role, '') <> all ((select app.waiting_roles())::text[]))
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience = 'municipality' and terrain_id = any ((select app.my_terrains_as('{municipality}'))::uuid[])
    and (coalesce(current_setting('app.see_as', true), '') = '' or %1$s = any ((select app.previewed_issues())::uuid[])))
  or (audience = 'parties' and %1$s = any ((select app.my_named_issues())::uuid[]))$rule$;
begin
  execute 'alter policy seen on issue using (' || format(rule, 'id') || ')';
  execute 'alter policy seen on gone using (' || format(rule, 'subject_id') || ')';
end $$;
