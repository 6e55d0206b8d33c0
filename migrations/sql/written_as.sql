-- What somebody wrote, gave or invited to under a role that asks a strong sign-in is theirs in a strong session: a mailbox alone reads and
-- changes none of it. What they wrote under another role stays theirs however they came in.

-- Roles that ask a strong sign-in: one list.
create function app.strong_roles() returns text[] language plpgsql immutable set search_path = pg_catalog as $$
begin
  return '{municipality,province,grid_operator,admin,aanjager,park_manager}'::text[];
end $$;

create or replace function app.role_counts(role text) returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return role <> all (app.strong_roles()) or app.strong();
end $$;

-- Roles that do not count in this session, whoever holds them.
create function app.waiting_roles() returns text[] language plpgsql stable set search_path = pg_catalog as $$
begin
  return case when app.strong() then '{}'::text[] else app.strong_roles() end;
end $$;

-- Whether the caller is held back: came in by mail, and holds or held a role that asks more. For what does not say under which role it came
-- to be.
create function app.held_back() returns boolean language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare me uuid := app.person();
begin
  return me is not null and not app.strong()
    and exists (select from membership m where m.person_id = me and m.role = any (app.strong_roles()));
end $$;

-- As before; whoever once held such a role sees another part with a strong sign-in too.
create or replace function app.scope() returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  return ((select count(*) from app.narrowing)
    + coalesce((select scope from person where id = me), 0)
    + (select count(*) filter (where valid_from <= moment) + count(*) filter (where valid_until <= moment) from membership where person_id = me)) * 2
    + case when app.held_back() then 1 else 0 end;
end $$;

-- `gone` says under which role, as the issue does.
alter table gone add reporter_role text;
alter table gone disable trigger user;
update gone g set reporter_role = i.reporter_role from issue i where i.id = g.subject_id;
alter table gone enable trigger user;
create or replace function app.leave_gone() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into gone (terrain_id, kind, subject_id, audience, organisation_id, author_id, reporter_role)
  values (old.terrain_id, 'issue', old.id, old.audience, old.organisation_id, old.author_id, old.reporter_role);
  return new;
end $$;

revoke execute on function app.strong_roles(), app.waiting_roles(), app.held_back() from public;
grant execute on function app.strong_roles(), app.waiting_roles(), app.held_back() to terrein_app;

do $$
declare
  own text := $rule$(author_id = (select app.person()) and coalesce(reporter_role, '') <> all ((select app.waiting_roles())::text[]))$rule$;
  seen text := own || $rule$
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience = 'public' and (terrain_id = any ((select app.my_terrains())::uuid[]) or exists (select from terrain t where t.id = terrain_id)))
  or (audience = 'terrain' and terrain_id = any ((select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead}'))::uuid[]))
  or (audience = 'municipality' and terrain_id = any ((select app.my_terrains_as('{municipality}'))::uuid[])
    and (coalesce(current_setting('app.see_as', true), '') = '' or %1$s = any ((select app.previewed_issues())::uuid[])))
  or (audience = 'parties' and %1$s = any ((select app.my_named_issues())::uuid[]))$rule$;
  -- Naming a company may widen who sees an issue, and history is told of what one did: both are for those who may edit it.
  theirs text := $rule$
  exists (select from issue i where i.id = %1$s.issue_id and i.terrain_id = %1$s.terrain_id and (
    (i.author_id = (select app.person()) and i.reporter_role <> all ((select app.waiting_roles())::text[]))
    or (i.audience <> 'me' and i.organisation_id = any ((select app.my_organisations())::uuid[]) and i.terrain_id = any ((select app.my_terrains())::uuid[]))
    or (i.audience not in ('me', 'team') and i.terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]))))$rule$;
begin
  execute 'alter policy seen on issue using (' || format(seen, 'id') || ')';
  execute 'alter policy seen on gone using (' || format(seen, 'subject_id') || ')';
  execute 'alter policy edited on issue using (' || own || $rule$
    or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
    or (audience not in ('me', 'team') and terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[])))$rule$;
  execute format('alter policy named on issue_party with check (exists (select from company c where c.id = company_id) and ' || theirs || ')', 'issue_party');
  execute format('alter policy recorded on issue_event with check (actor_id = (select app.person()) and ' || theirs || ')', 'issue_event');
end $$;
alter policy withdrawn on issue_comment using (
  author_id = (select app.person()) and author_role <> all ((select app.waiting_roles())::text[]));

-- Support does not say under which role it was given: that of one's own organisation is theirs by the organisation.
alter policy seen on support using (
  (person_id = (select app.person()) and not (select app.held_back())) or organisation_id = any ((select app.my_organisations())::uuid[])
  or (terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]) and exists (select from issue i where i.id = issue_id)));
alter policy changed on support using (
  (person_id = (select app.person()) and not (select app.held_back())) or organisation_id = any ((select app.my_organisations())::uuid[]));

-- Roles that wait are told by `needs_strong` and no further; with them stay hidden the organisations they are for.
alter policy mine_and_team on membership using (
  (person_id = (select app.person()) and role <> all ((select app.waiting_roles())::text[]))
  or organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]));

-- Invitations: whom somebody invited under a role that waits, they neither see nor call back. The role they invited to is one they hold.
alter policy seen on invitation using (
  (inviter_id = (select app.person())
    and (not (select app.held_back()) or app.manages((select app.person()), role, organisation_id, terrain_id)))
  or organisation_id = any ((select app.my_organisations())::uuid[])
  or terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[]));
alter policy withdrawn on invitation
  using (withdrawn_at is null and accepted_at is null
    and ((inviter_id = (select app.person()) and not (select app.held_back()))
      or app.manages((select app.person()), role, organisation_id, terrain_id)))
  with check ((inviter_id = (select app.person()) and not (select app.held_back()))
    or app.manages((select app.person()), role, organisation_id, terrain_id));

-- Of one's own events: ways in, devices, and the account stay readable, so that a stranger in it is noticed.
alter policy ours_and_mine on audit_event using (
  organisations && (select app.my_organisations())::uuid[]
  or (actor = (select s.pseudonym from audit_subject s where s.person_id = (select app.person()))
    and (not (select app.held_back()) or object_kind is null or object_kind in ('person', 'session', 'passkey'))));

-- Everything that is held about somebody is more than a mailbox is good for, when their role is.
alter function app.personal_data(text, text, integer) rename to personal_rows;
revoke execute on function app.personal_rows(text, text, integer) from terrein_app;
create function app.personal_data(p_part text, p_after text, p_most integer) returns table (key text, data text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  if app.held_back() then raise insufficient_privilege using message = 'this asks a strong sign-in'; end if;
  return query select r.key, r.data from app.personal_rows(p_part, p_after, p_most) r;
end $$;
revoke execute on function app.personal_data(text, text, integer) from public;
grant execute on function app.personal_data(text, text, integer) to terrein_app;
