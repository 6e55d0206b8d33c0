-- What may be seen, once, for every door. What may be done, with the reason, is server/src/access/policy.rs; a test matrix holds the
-- two against each other. Sets are computed once a query through (select ..).

-- These run several times in every statement of every request. As `language sql` each call is parsed and planned anew (a definer function
-- is never inlined), 0.5 to 2 ms a time; plpgsql plans once a session, 0.02 ms.
create function app.person() returns uuid language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz;
begin
  if hash is null then return null; end if;
  moment := app.now();
  return (select s.person_id from session s
    where s.token_hash = hash and s.revoked_at is null and s.expires_at > moment and s.last_seen_at > moment - interval '12 hours');
end $$;

create function app.my_organisations() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz;
begin
  if me is null then return null; end if;
  moment := app.now();
  return (select array_agg(distinct organisation_id) from membership
    where person_id = me and valid_from <= moment and (valid_until is null or valid_until > moment));
end $$;

-- Terrains on which the caller holds one of these roles; a municipality holds its role on every terrain in its territory.
create function app.my_terrains_as(roles text[]) returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz;
begin
  if me is null then return null; end if;
  moment := app.now();
  return (
    with mine as (
      select m.role, m.terrain_id, m.organisation_id from membership m
      where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) and m.role = any (roles))
    select array_agg(terrain_id) from (
      select terrain_id from mine where terrain_id is not null
      union
      select t.terrain_id from mine join organisation o on o.id = mine.organisation_id join terrain_municipality t on t.municipality_code = o.municipality_code
      where mine.role = 'municipality' and mine.terrain_id is null) t);
end $$;

-- Roles whose holders see what a terrain keeps to itself. A grid operator, a province and a partner read what is public or addressed to them.
create function app.my_terrains() returns uuid[] language plpgsql stable set search_path = pg_catalog as $$
begin
  return app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead,municipality}');
end $$;

-- Issues on which one of the caller's companies is named.
create function app.my_named_issues() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare mine uuid[] := app.my_organisations();
begin
  return (select array_agg(p.issue_id) from issue_party p join company c on c.id = p.company_id where c.organisation_id = any (mine));
end $$;

-- People of the caller's organisations: their names and roles are shown to one another.
create function app.my_colleagues() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare mine uuid[] := app.my_organisations();
begin
  return (select array_agg(distinct person_id) from membership where organisation_id = any (mine));
end $$;

create function app.scope() returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare me uuid := app.person();
begin
  return coalesce((select scope from person where id = me), 0);
end $$;

-- Which history the feed's cursors belong to: another after a restore or a promotion.
create table app.restore (id uuid primary key default gen_random_uuid(), at timestamptz not null default now());
insert into app.restore default values;
create function app.epoch() returns text language sql stable security definer set search_path = pg_catalog as $$
  select left((select id::text from app.restore order by at desc limit 1), 8) || '.' || (select timeline_id from pg_control_checkpoint())
$$;

create function app.bump_scope() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update person set scope = scope + 1 where id in (new.person_id, coalesce(old.person_id, new.person_id));
  return null;
end $$;
create trigger bump_scope after insert or update on membership for each row execute function app.bump_scope();

create function app.bump_support() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update issue set support_count = (select count(*) from support where issue_id = new.issue_id and deleted_at is null) where id = new.issue_id;
  return null;
end $$;
create trigger bump_support after insert or update on support for each row execute function app.bump_support();

create function app.bump_comments() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update issue set comment_count = (select count(*) from issue_comment where issue_id = new.issue_id and deleted_at is null) where id = new.issue_id;
  return null;
end $$;
create trigger bump_comments after insert or update on issue_comment for each row execute function app.bump_comments();

-- A narrowed audience: the row leaves the phones of those who could see it. Fires before mark_changed, so the row itself comes after.
create function app.leave_gone() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into gone (terrain_id, kind, subject_id, audience, organisation_id, author_id)
  values (old.terrain_id, 'issue', old.id, old.audience, old.organisation_id, old.author_id);
  return new;
end $$;
-- Whoever comes to see an issue gets what was said on it before: a comment's place in the feed is renewed.
create function app.bring_comments() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update issue_comment set version = version where issue_id = new.id;
  return null;
end $$;
create trigger bring_comments after update of audience on issue for each row
  when (old.audience is distinct from new.audience) execute function app.bring_comments();
create trigger leave_gone before update on issue for each row
  when (old.audience is distinct from new.audience or old.organisation_id is distinct from new.organisation_id or old.terrain_id is distinct from new.terrain_id)
  execute function app.leave_gone();

do $$ declare t text; begin
  foreach t in array array['person','organisation','session','sign_in_link','command_log','import_run','import_reject','reference.municipality','terrain',
    'terrain_municipality','membership','plot','building','address','company','occupancy','infrastructure','backdrop',
    'issue','issue_party','support','issue_comment','issue_event','gone','app.restore'] loop
    call app.protect(t::regclass);
  end loop;
end $$;

grant usage on schema app, reference to terrein_app, terrein_worker, terrein_importer, terrein_releaser;
revoke execute on all functions in schema app from public;
revoke execute on all procedures in schema app from public;
grant execute on function app.now(), app.system(), app.person(), app.my_organisations(), app.my_terrains_as(text[]), app.my_terrains(),
  app.my_named_issues(), app.my_colleagues(), app.scope(), app.epoch(), app.cell(geometry) to terrein_app, terrein_worker, terrein_importer;
grant usage on sequence app.feed_seq to terrein_app, terrein_worker, terrein_importer;

-- Reference: national public tables.
grant select on reference.municipality to terrein_app, terrein_worker, terrein_importer;
create policy everybody_reads on reference.municipality for select to terrein_app, terrein_worker using (true);

-- Access.
grant select, update (name, language) on person to terrein_app;
create policy self_and_colleagues on person for select to terrein_app using (id = (select app.person()) or id = any ((select app.my_colleagues())::uuid[]));
create policy self_edits on person for update to terrein_app using (id = (select app.person())) with check (id = (select app.person()));
grant select on organisation to terrein_app;
create policy mine_and_on_my_terrains on organisation for select to terrein_app using (
  id = any ((select app.my_organisations())::uuid[])
  or exists (select from membership m where m.organisation_id = organisation.id));
grant select on membership to terrein_app;
create policy mine_and_team on membership for select to terrein_app using (
  person_id = (select app.person())
  or organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]));
grant select, update (revoked_at) on session to terrein_app;
create policy mine on session for select to terrein_app using (person_id = (select app.person()));
create policy mine_revoked on session for update to terrein_app using (person_id = (select app.person())) with check (person_id = (select app.person()));
grant select, insert, update (outcome) on command_log to terrein_app;
create policy mine_read on command_log for select to terrein_app using (person_id = (select app.person()));
create policy mine_written on command_log for insert to terrein_app with check (person_id = (select app.person()));
create policy mine_answered on command_log for update to terrein_app using (person_id = (select app.person())) with check (person_id = (select app.person()));

-- Terrain and what lies on it. Parcels, buildings, addresses and the ground are public registers; companies are not.
grant select, update on terrain to terrein_app;
create policy seen on terrain for select to terrein_app using (audience = 'public' or id = any ((select app.my_terrains())::uuid[]));
create policy edited on terrain for update to terrein_app using (id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]));
grant select on terrain_municipality to terrein_app;
create policy seen on terrain_municipality for select to terrein_app using (exists (select from terrain t where t.id = terrain_id));
grant select on plot, building, address, infrastructure, backdrop to terrein_app;
create policy seen on plot for select to terrein_app using (audience = 'public' or terrain_id = any ((select app.my_terrains())::uuid[]));
create policy seen on building for select to terrein_app using (audience = 'public' or terrain_id = any ((select app.my_terrains())::uuid[]));
create policy seen on address for select to terrein_app using (audience = 'public' or terrain_id = any ((select app.my_terrains())::uuid[]));
create policy seen on infrastructure for select to terrein_app using (audience = 'public' or terrain_id = any ((select app.my_terrains())::uuid[]));
grant update on infrastructure, building, plot to terrein_app;
create policy edited on infrastructure for update to terrein_app using (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
create policy edited on building for update to terrein_app using (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
create policy edited on plot for update to terrein_app using (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
create policy seen on backdrop for select to terrein_app using (deleted_at is null);

grant select, insert, update on company to terrein_app;
create policy seen on company for select to terrein_app using (
  organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager,project_lead,municipality}'))::uuid[])
  or (not sole_trader and terrain_id = any ((select app.my_terrains_as('{entrepreneur,owner}'))::uuid[])));
create policy added on company for insert to terrein_app with check (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
create policy edited on company for update to terrein_app using (
  organisation_id = any ((select app.my_organisations())::uuid[]) or terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
grant select, insert, update on occupancy to terrein_app;
create policy seen on occupancy for select to terrein_app using (exists (select from company c where c.id = company_id));
create policy linked on occupancy for insert to terrein_app with check (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));
create policy relinked on occupancy for update to terrein_app using (terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager}'))::uuid[]));

-- Issues: the six audiences (see the words in the README). `gone` repeats the rule on what the audience was.
do $$
declare rule text := $rule$
  author_id = (select app.person())
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience = 'public' and (terrain_id = any ((select app.my_terrains())::uuid[]) or exists (select from terrain t where t.id = terrain_id)))
  or (audience = 'terrain' and terrain_id = any ((select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead}'))::uuid[]))
  or (audience = 'municipality' and terrain_id = any ((select app.my_terrains_as('{municipality}'))::uuid[]))
  or (audience = 'parties' and %s = any ((select app.my_named_issues())::uuid[]))$rule$;
begin
  execute format('create policy seen on issue for select to terrein_app using (' || rule || ')', 'id');
  execute format('create policy seen on gone for select to terrein_app using (' || rule || ')', 'subject_id');
end $$;
grant select, insert, update on issue to terrein_app;
create policy reported on issue for insert to terrein_app with check (
  author_id = (select app.person()) and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]));
create policy edited on issue for update to terrein_app using (
  author_id = (select app.person())
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience not in ('me', 'team') and terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[])));
grant select on gone to terrein_app;

grant select, insert on issue_party to terrein_app;
create policy seen on issue_party for select to terrein_app using (
  exists (select from issue i where i.id = issue_id) and exists (select from company c where c.id = company_id));
-- Who supports, and with what, is for the party itself and the terrain's aanjager where the issue is theirs to see; others see the count on the issue.
grant select, insert, update on support to terrein_app;
create policy seen on support for select to terrein_app using (
  person_id = (select app.person()) or organisation_id = any ((select app.my_organisations())::uuid[])
  or (terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]) and exists (select from issue i where i.id = issue_id)));
create policy given on support for insert to terrein_app with check (
  person_id = (select app.person()) and exists (select from issue i where i.id = issue_id and i.terrain_id = support.terrain_id)
  and ((organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains_as('{entrepreneur,owner}'))::uuid[]))
    or (company_id is not null and terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]))));
create policy changed on support for update to terrein_app using (
  person_id = (select app.person()) or organisation_id = any ((select app.my_organisations())::uuid[]));
grant select, insert, update on issue_comment to terrein_app;
-- What was said on an issue that was taken back is taken back with it.
create policy seen on issue_comment for select to terrein_app using (exists (select from issue i where i.id = issue_id and i.deleted_at is null));
create policy written on issue_comment for insert to terrein_app with check (
  author_id = (select app.person()) and organisation_id = any ((select app.my_organisations())::uuid[])
  and terrain_id = any ((select app.my_terrains())::uuid[])
  and exists (select from issue i where i.id = issue_id and i.terrain_id = issue_comment.terrain_id));
create policy withdrawn on issue_comment for update to terrein_app using (author_id = (select app.person()));
grant select, insert on issue_event to terrein_app;
create policy seen on issue_event for select to terrein_app using (exists (select from issue i where i.id = issue_id));
-- Naming a company may widen who sees an issue, and history is told of what one did: both are for those who may edit it.
do $$
declare theirs text := $rule$
  exists (select from issue i where i.id = %1$s.issue_id and i.terrain_id = %1$s.terrain_id and (
    i.author_id = (select app.person())
    or (i.audience <> 'me' and i.organisation_id = any ((select app.my_organisations())::uuid[]) and i.terrain_id = any ((select app.my_terrains())::uuid[]))
    or (i.audience not in ('me', 'team') and i.terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]))))$rule$;
begin
  execute format('create policy named on issue_party for insert to terrein_app with check (
    exists (select from company c where c.id = company_id) and ' || theirs || ')', 'issue_party');
  execute format('create policy recorded on issue_event for insert to terrein_app with check (
    actor_id = (select app.person()) and ' || theirs || ')', 'issue_event');
end $$;

-- Imports: as System(import), on imported tables only.
do $$ declare t text; begin
  foreach t in array array['import_run','import_reject','reference.municipality','terrain','terrain_municipality','plot','building','address',
    'company','occupancy','infrastructure','backdrop'] loop
    execute format('grant select, insert, update, delete on %s to terrein_importer', t);
    execute format('create policy imported on %s to terrein_importer using ((select app.system()) = ''import'') with check ((select app.system()) = ''import'')', t);
  end loop;
end $$;
-- A person reads the runs and rejects of nobody until the import desk gives runs an owner: no policy for terrein_app.

-- The operator at the command line: people, organisations and roles; nothing of what they write.
do $$ declare t text; begin
  foreach t in array array['person','organisation','membership','session','sign_in_link'] loop
    execute format('grant select, insert, update on %s to terrein_worker', t);
    execute format('create policy operated on %s to terrein_worker using ((select app.system()) = ''operator'') with check ((select app.system()) = ''operator'')', t);
  end loop;
end $$;
grant select on terrain, company to terrein_worker;
grant update (organisation_id) on company to terrein_worker;
create policy operated on terrain for select to terrein_worker using ((select app.system()) = 'operator');
create policy operated on company to terrein_worker using ((select app.system()) = 'operator') with check ((select app.system()) = 'operator');
