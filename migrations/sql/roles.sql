-- Organisations and roles: who gives, hands over and withdraws which role; invitations; where a grid operator and a province look; and
-- looking at a terrain with the eyes of a role.

alter table organisation
  add service_area geometry(MultiPolygon, 4326),
  add province_code text,
  add check (service_area is null or kind = 'grid_operator'),
  add check (province_code is null or kind = 'province');

-- A role that ended stays as it was; the same role may be given again later.
do $$ declare c text; begin
  select conname into strict c from pg_constraint where conrelid = 'membership'::regclass and contype = 'u';
  execute format('alter table membership drop constraint %I', c);
end $$;
create unique index membership_once on membership (person_id, organisation_id, terrain_id, role) nulls not distinct where valid_until is null;

create table invitation (
  id uuid primary key,
  email text not null check (email = lower(email) and email like '%_@_%' and length(email) <= 254),
  name text check (length(name) between 1 and 120),
  organisation_id uuid not null references organisation,
  terrain_id uuid references terrain,
  role text not null check (role in ('aanjager', 'entrepreneur', 'owner', 'municipality', 'grid_operator', 'park_manager', 'project_lead', 'province', 'partner', 'admin')),
  message text check (length(message) between 1 and 1000),
  inviter_id uuid references person,                 -- null: the operator
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '14 days',
  withdrawn_at timestamptz,
  accepted_at timestamptz,
  accepted_by uuid references person,
  check (expires_at <= created_at + interval '14 days')
);
-- One that waits for an address and a role: the newest.
create unique index invitation_once on invitation (email, organisation_id, terrain_id, role) nulls not distinct where withdrawn_at is null and accepted_at is null;
create index on invitation (organisation_id);
create index on invitation (terrain_id);
create index on invitation (inviter_id, created_at);
call app.protect('invitation');

-- Which role fits which kind of organisation, and whether it is held on a terrain. access/roles.rs says the same.
create function app.role_fits(p_role text, p_kind text, on_terrain boolean) returns boolean language plpgsql immutable set search_path = pg_catalog as $$
begin
  return case p_role
    when 'aanjager' then on_terrain and p_kind not in ('grid_operator', 'operator')
    when 'entrepreneur' then on_terrain and p_kind = 'company'
    when 'owner' then on_terrain and p_kind in ('company', 'owner')
    when 'park_manager' then on_terrain and p_kind in ('park_management', 'company', 'partner')
    when 'project_lead' then on_terrain and p_kind in ('programme', 'municipality', 'park_management', 'company', 'partner')
    when 'municipality' then p_kind = 'municipality'
    when 'grid_operator' then p_kind = 'grid_operator'
    when 'province' then p_kind = 'province'
    when 'partner' then p_kind in ('programme', 'partner')
    when 'admin' then not on_terrain and p_kind = 'operator'
    else false end;
end $$;

-- Whether somebody manages who holds a role: the aanjager of a terrain every role on it but admin; who speaks for an organisation, the role
-- they hold themselves, at the same place. Called for one row at a time, never in a read of many.
create function app.manages(p_person uuid, p_role text, p_organisation uuid, p_terrain uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare moment timestamptz := app.now();
begin
  return exists (select from membership m
    where m.person_id = p_person and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment)
      and ((m.role = 'aanjager' and m.terrain_id = p_terrain and p_role <> 'admin')
        or (m.role = p_role and m.organisation_id = p_organisation and m.terrain_id is not distinct from p_terrain
          and p_role in ('entrepreneur', 'owner', 'municipality', 'grid_operator', 'province', 'partner', 'admin')))
      and (p_person is distinct from app.person() or app.role_counts(m.role)));
end $$;

-- Whether somebody holds this very role now.
create function app.holds(p_person uuid, p_role text, p_organisation uuid, p_terrain uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare moment timestamptz := app.now();
begin
  return exists (select from membership m
    where m.person_id = p_person and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment)
      and m.role = p_role and m.organisation_id = p_organisation and m.terrain_id is not distinct from p_terrain
      and (p_person is distinct from app.person() or app.role_counts(m.role)));
end $$;

-- Whether an organisation has to do with a terrain, or is the person's own: an aanjager gives no roles in the organisations of elsewhere.
create function app.belongs(p_person uuid, p_organisation uuid, p_terrain uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare moment timestamptz := app.now();
begin
  return exists (select from membership m where m.organisation_id = p_organisation and m.terrain_id = p_terrain)
    or exists (select from company c where c.organisation_id = p_organisation and c.terrain_id = p_terrain)
    or exists (select from membership m where m.organisation_id = p_organisation and m.person_id = p_person
                 and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment));
end $$;

-- Whether somebody may invite to a role.
create function app.may_invite(p_person uuid, p_role text, p_organisation uuid, p_terrain uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return app.manages(p_person, p_role, p_organisation, p_terrain) and app.belongs(p_person, p_organisation, p_terrain)
    and exists (select from organisation o where o.id = p_organisation and app.role_fits(p_role, o.kind, p_terrain is not null));
end $$;

-- Whether the caller may give a role to somebody who is in the organisation already, and is not the caller.
create function app.may_give(p_to uuid, p_role text, p_organisation uuid, p_terrain uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  return me is not null and p_to <> me
    and (app.holds(me, p_role, p_organisation, p_terrain) or app.may_invite(me, p_role, p_organisation, p_terrain))
    and exists (select from organisation o where o.id = p_organisation and app.role_fits(p_role, o.kind, p_terrain is not null))
    and exists (select from membership m where m.person_id = p_to and m.organisation_id = p_organisation
                  and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment));
end $$;

-- What keeps the caller from ending a role: `none` when there is none (any more), `not yours`; null when nothing does.
create function app.may_end(m membership) returns text language plpgsql stable set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  if m.id is null or m.valid_from > moment or m.valid_until <= moment then return 'none'; end if;
  if me is null or not (app.manages(me, m.role, m.organisation_id, m.terrain_id) or (m.person_id = me and app.role_counts(m.role))) then
    return 'not yours';
  end if;
  return null;
end $$;

-- Ends a role. `done`; `last` for the only aanjager of a terrain, who hands over instead; `not yours`; `none` when there is none (any more).
create function app.withdraw_role(p_id uuid) returns text language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  moment timestamptz := app.now();
  m membership%rowtype;
  answer text;
begin
  select * into m from membership where id = p_id for update;
  answer := app.may_end(m);
  if answer is not null then return answer; end if;
  if m.role = 'aanjager' and m.terrain_id is not null then
    -- Two who withdraw each other wait here for one another; the second then finds nobody left. Who has a last day is nobody to stay on, and
    -- an end that another transaction wrote may lie after the beginning of this one.
    perform pg_advisory_xact_lock(hashtext('aanjager'), hashtext(m.terrain_id::text));
    if not exists (select from membership o where o.terrain_id = m.terrain_id and o.role = 'aanjager' and o.id <> m.id
                     and o.valid_from <= moment and o.valid_until is null) then
      return 'last';
    end if;
  end if;
  update membership set valid_until = moment where id = p_id;
  return 'done';
end $$;

-- Ends a role and gives it to a colleague, who takes over the invitations that wait. Answers as withdraw_role; `nobody` when the other is
-- not in the organisation.
create function app.hand_over_role(p_id uuid, p_to uuid, p_new uuid) returns text language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
  m membership%rowtype;
  answer text;
begin
  select * into m from membership where id = p_id for update;
  answer := app.may_end(m);
  if answer is not null then return answer; end if;
  -- Nobody hands another's role to themselves.
  if p_to in (me, m.person_id) or not exists (select from membership o where o.person_id = p_to and o.organisation_id = m.organisation_id
      and o.valid_from <= moment and (o.valid_until is null or o.valid_until > moment)) then
    return 'nobody';
  end if;
  -- As in withdraw_role: the other may be an aanjager already, and be withdrawn meanwhile.
  if m.role = 'aanjager' then perform pg_advisory_xact_lock(hashtext('aanjager'), hashtext(m.terrain_id::text)); end if;
  update membership set valid_until = moment where id = p_id;
  insert into membership (id, person_id, organisation_id, terrain_id, role, valid_from)
  values (p_new, p_to, m.organisation_id, m.terrain_id, m.role, moment) on conflict do nothing;
  update invitation set inviter_id = p_to where inviter_id = m.person_id and withdrawn_at is null and accepted_at is null
    and (case when m.role = 'aanjager' then terrain_id = m.terrain_id
         else role = m.role and organisation_id = m.organisation_id and terrain_id is not distinct from m.terrain_id end);
  return 'done';
end $$;

-- The organisation behind a company, made when there is none yet: for the aanjager who invites its people.
create function app.organisation_of_company(p_company uuid, p_new uuid) returns uuid language plpgsql security definer set search_path = pg_catalog, public as $$
declare c company%rowtype;
begin
  select * into c from company where id = p_company and deleted_at is null for update;
  if not found or not coalesce(c.terrain_id = any (app.my_terrains_as('{aanjager}')), false) then return null; end if;
  if c.organisation_id is null then
    insert into organisation (id, kind, name) values (p_new, 'company', c.name);
    update company set organisation_id = p_new, version = version + 1 where id = p_company;
    return p_new;
  end if;
  return c.organisation_id;
end $$;

-- How many people the caller invited in the last hour.
create function app.invited_lately() returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare me uuid := app.person();
begin
  return (select count(*) from invitation where inviter_id = me and created_at > app.now() - interval '1 hour');
end $$;

-- An invitation that stands: not withdrawn, used or too old, and its inviter may still give the role.
create function app.standing_invitation(p_token_hash bytea) returns invitation language plpgsql security definer set search_path = pg_catalog, public as $$
declare i invitation%rowtype;
begin
  select * into i from invitation where token_hash = p_token_hash and withdrawn_at is null and accepted_at is null and expires_at > app.now() for update;
  if found and (i.inviter_id is null or app.may_invite(i.inviter_id, i.role, i.organisation_id, i.terrain_id)) then return i; end if;
  return null;
end $$;

-- What an invitation is, for whoever holds its link.
create function app.show_invitation(p_token_hash bytea)
returns table (organisation text, kind text, role text, terrain text, inviter text, email text, name text, known boolean, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public as $$
declare i invitation%rowtype := app.standing_invitation(p_token_hash);
begin
  if i.id is null then return; end if;
  return query select o.name, o.kind, i.role, t.name, p.name, i.email, i.name, exists (select from person k where k.email = i.email), i.expires_at
    from organisation o left join terrain t on t.id = i.terrain_id left join person p on p.id = i.inviter_id where o.id = i.organisation_id;
end $$;

-- Takes the role. `entered`: somebody new, with a session (the mail proved the address); `signed in`: the caller themself; `sign in`:
-- somebody with an account, who gets the role and signs in as always: a mail that is passed on is no way into an account. Null: no such
-- invitation (any more).
create function app.accept_invitation(p_token_hash bytea, p_person uuid, p_name text, p_language text, p_membership uuid, p_session uuid, p_session_hash bytea, p_device text)
returns text language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  i invitation%rowtype := app.standing_invitation(p_token_hash);
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
    perform app.open_session(p_session, p_session_hash, who, p_device, 'mail', false);
    return 'entered';
  end if;
  return case when who = app.person() then 'signed in' else 'sign in' end;
end $$;

-- Where a grid operator, a province and a partner look without a role that works there: the service area, the province, and a terrain they
-- were invited to. They see the place and what is public on it.
create function app.my_areas(roles text[]) returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz;
begin
  if me is null then
    if coalesce(current_setting('app.see_as', true), '') = '' then return null; end if;
    return app.previewed_terrains(roles);
  end if;
  moment := app.now();
  return (
    with mine as (
      select m.role, m.terrain_id, o.service_area, o.province_code from membership m join organisation o on o.id = m.organisation_id
      where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment)
        and m.role = any (roles) and m.role in ('grid_operator', 'province', 'partner') and app.role_counts(m.role))
    select array_agg(id) from (
      select terrain_id as id from mine where terrain_id is not null
      union
      select t.id from mine join terrain t on t.geom && mine.service_area and ST_Intersects(t.geom, mine.service_area)
        where mine.role = 'grid_operator' and mine.terrain_id is null
      union
      select tm.terrain_id from mine join reference.municipality r on r.province_code = mine.province_code
        join terrain_municipality tm on tm.municipality_code = r.code
        where mine.role = 'province' and mine.terrain_id is null) t);
end $$;

-- Another area is another scope for its people: their copies begin anew.
create function app.bump_area() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update person set scope = scope + 1 where id in (select person_id from membership where organisation_id = new.id);
  return null;
end $$;
create trigger bump_area after update of service_area, province_code, municipality_code on organisation for each row
  when (old.service_area is distinct from new.service_area or old.province_code is distinct from new.province_code
    or old.municipality_code is distinct from new.municipality_code)
  execute function app.bump_area();

-- How many companies there are on a terrain, for a province, which sees the number and none of them.
create function app.company_count(p_terrain uuid) returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  if p_terrain = any (app.my_areas('{province}')) then
    return (select count(*) from company where terrain_id = p_terrain and deleted_at is null);
  end if;
  return null;
end $$;

-- With the eyes of a role: `app.see_as` is `role:terrain:session`, and such a transaction has no `app.session`, so that nobody's own things
-- are in it. It counts only when the session is that of an aanjager of that terrain; what it shows, the aanjager could see without it.

-- The role and the terrain, when it counts. The session stands in for the caller's for a moment, so that the aanjager is one by the same
-- rules as ever.
create function app.preview(out role text, out terrain uuid) language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare said text[] := string_to_array(nullif(current_setting('app.see_as', true), ''), ':');
begin
  if said is null or coalesce(current_setting('app.session', true), '') <> '' then return; end if;
  perform set_config('app.session', said[3], true);
  -- Not for nobody: it would come back here.
  if app.person() is not null and said[2]::uuid = any (app.my_terrains_as('{aanjager}')) then
    role := said[1];
    terrain := said[2]::uuid;
  end if;
  perform set_config('app.session', '', true);
end $$;

create function app.previewed_terrains(roles text[]) returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare seen record;
begin
  select * into seen from app.preview();
  return case when seen.role = any (roles) then array[seen.terrain] end;
end $$;

-- Issues for the municipality alone, which an aanjager sees with its eyes when they see them with their own.
create function app.previewed_issues() returns uuid[] language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare
  seen record;
  me uuid;
  mine uuid[];
begin
  select * into seen from app.preview();
  if seen.role is distinct from 'municipality' then return null; end if;
  perform set_config('app.session', split_part(current_setting('app.see_as'), ':', 3), true);
  me := app.person();
  mine := app.my_organisations();
  perform set_config('app.session', '', true);
  return (select array_agg(id) from (
    select i.id from issue i where i.terrain_id = seen.terrain and (i.author_id = me or i.organisation_id = any (mine))
    union
    select g.subject_id from gone g where g.terrain_id = seen.terrain and (g.author_id = me or g.organisation_id = any (mine))) t);
end $$;

create or replace function app.my_terrains_as(roles text[]) returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz;
begin
  if me is null then
    if coalesce(current_setting('app.see_as', true), '') = '' then return null; end if;
    return app.previewed_terrains(roles);
  end if;
  moment := app.now();
  return (
    with mine as (
      select m.role, m.terrain_id, m.organisation_id from membership m
      where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) and m.role = any (roles)
        and app.role_counts(m.role))
    select array_agg(terrain_id) from (
      select terrain_id from mine where terrain_id is not null
      union
      select t.terrain_id from mine join organisation o on o.id = mine.organisation_id join terrain_municipality t on t.municipality_code = o.municipality_code
      where mine.role = 'municipality' and mine.terrain_id is null) t);
end $$;

-- People whose names the caller sees: of their organisations, and, for an aanjager, of their terrains.
create or replace function app.my_colleagues() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  mine uuid[] := app.my_organisations();
  terrains uuid[] := app.my_terrains_as('{aanjager}');
begin
  if mine is null and terrains is null then return null; end if;
  return (select array_agg(distinct person_id) from membership where organisation_id = any (mine) or terrain_id = any (terrains));
end $$;

revoke execute on function app.role_fits(text, text, boolean), app.manages(uuid, text, uuid, uuid), app.holds(uuid, text, uuid, uuid),
  app.belongs(uuid, uuid, uuid), app.may_invite(uuid, text, uuid, uuid), app.may_give(uuid, text, uuid, uuid), app.may_end(membership), app.withdraw_role(uuid),
  app.hand_over_role(uuid, uuid, uuid), app.organisation_of_company(uuid, uuid), app.invited_lately(), app.standing_invitation(bytea),
  app.show_invitation(bytea), app.accept_invitation(bytea, uuid, text, text, uuid, uuid, bytea, text),
  app.my_areas(text[]), app.bump_area(), app.company_count(uuid), app.preview(), app.previewed_terrains(text[]), app.previewed_issues() from public;
grant execute on function app.role_fits(text, text, boolean), app.manages(uuid, text, uuid, uuid), app.may_invite(uuid, text, uuid, uuid),
  app.may_give(uuid, text, uuid, uuid), app.withdraw_role(uuid), app.hand_over_role(uuid, uuid, uuid), app.organisation_of_company(uuid, uuid),
  app.invited_lately(), app.show_invitation(bytea), app.accept_invitation(bytea, uuid, text, text, uuid, uuid, bytea, text),
  app.my_areas(text[]), app.company_count(uuid), app.preview(), app.previewed_issues() to terrein_app;

-- Roles.
grant insert (id, person_id, organisation_id, terrain_id, role) on membership to terrein_app;
create policy given on membership for insert to terrein_app with check (
  valid_until is null and app.may_give(person_id, role, organisation_id, terrain_id));
alter policy mine_and_on_my_terrains on organisation using (
  id = any ((select app.my_organisations())::uuid[])
  or exists (select from membership m where m.organisation_id = organisation.id)
  or exists (select from company c where c.organisation_id = organisation.id and c.terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[])));

grant select, insert, update (withdrawn_at) on invitation to terrein_app;
create policy seen on invitation for select to terrein_app using (
  inviter_id = (select app.person())
  or organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]));
create policy sent on invitation for insert to terrein_app with check (
  inviter_id = (select app.person()) and withdrawn_at is null and accepted_at is null
  and app.may_invite(inviter_id, role, organisation_id, terrain_id) and app.invited_lately() < 20);
create policy withdrawn on invitation for update to terrein_app
  using (withdrawn_at is null and accepted_at is null
    and (inviter_id = (select app.person()) or app.manages((select app.person()), role, organisation_id, terrain_id)))
  with check (inviter_id = (select app.person()) or app.manages((select app.person()), role, organisation_id, terrain_id));

-- The places in sight, and what the public registers say of them.
alter policy seen on terrain using (
  audience = 'public' or id = any ((select app.my_terrains())::uuid[]) or id = any ((select app.my_areas('{grid_operator,province,partner}'))::uuid[]));
do $$ declare t text; begin
  foreach t in array array['plot', 'building', 'address'] loop
    execute format('alter policy seen on %s using (audience = ''public'' or terrain_id = any ((select app.my_terrains())::uuid[])
      or terrain_id = any ((select app.my_areas(''{grid_operator,province,partner}''))::uuid[]))', t);
  end loop;
end $$;

-- Issues: as before, and with the eyes of a municipality nothing that the aanjager does not see.
do $$
declare rule text := $rule$
  author_id = (select app.person())
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience = 'public' and (terrain_id = any ((select app.my_terrains())::uuid[]) or exists (select from terrain t where t.id = terrain_id)))
  or (audience = 'terrain' and terrain_id = any ((select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead}'))::uuid[]))
  or (audience = 'municipality' and terrain_id = any ((select app.my_terrains_as('{municipality}'))::uuid[])
    and (coalesce(current_setting('app.see_as', true), '') = '' or %1$s = any ((select app.previewed_issues())::uuid[])))
  or (audience = 'parties' and %1$s = any ((select app.my_named_issues())::uuid[]))$rule$;
begin
  execute 'alter policy seen on issue using (' || format(rule, 'id') || ')';
  execute 'alter policy seen on gone using (' || format(rule, 'subject_id') || ')';
end $$;

-- The operator invites the first of an organisation.
grant select, insert, update on invitation to terrein_worker;
create policy operated on invitation to terrein_worker using ((select app.system()) = 'operator') with check ((select app.system()) = 'operator');
