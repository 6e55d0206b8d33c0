-- The same rules, with fewer sets to make: a terrain page asked for its caller's terrains seven times and for the caller eleven times.

-- What a terrain's own parties see needs one set, whether it is public or the terrain's.
do $$
declare rule text := $rule$
  (audience in ('public', 'terrain') and terrain_id = any ((select app.my_terrains_as('{aanjager,entrepreneur,owner,park_manager,project_lead}'))::uuid[]))
  or (audience = 'public' and (terrain_id = any ((select app.my_terrains())::uuid[]) or exists (select from terrain t where t.id = terrain_id)))
  or (author_id = (select app.person()) and coalesce(reporter_role, '') <> all ((select app.waiting_roles())::text[]))
  or (audience <> 'me' and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[]))
  or (audience = 'municipality' and terrain_id = any ((select app.my_terrains_as('{municipality}'))::uuid[])
    and (coalesce(current_setting('app.see_as', true), '') = '' or %1$s = any ((select app.previewed_issues())::uuid[])))
  or (audience = 'parties' and %1$s = any ((select app.my_named_issues())::uuid[]))$rule$;
begin
  execute 'alter policy seen on issue using (' || format(rule, 'id') || ')';
  execute 'alter policy seen on gone using (' || format(rule, 'subject_id') || ')';
end $$;

-- One pass over the caller's own roles gives their organisations and, for an aanjager, their terrains.
create or replace function app.shown_organisations() returns uuid[] language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
  mine uuid[];
  terrains uuid[];
  shown uuid[];
begin
  if me is null then
    terrains := app.my_terrains_as('{aanjager}');   -- with the eyes of a role
    if terrains is null then return null; end if;
  else
    select array_agg(m.organisation_id), array_agg(m.terrain_id) filter (where m.role = 'aanjager' and m.terrain_id is not null) into mine, terrains
      from public.membership m
      where m.person_id = me and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) and app.role_counts(m.role);
  end if;
  shown := (select array_agg(m.organisation_id) from public.membership m
    where (m.person_id = me and app.role_counts(m.role)) or m.organisation_id = any (mine) or m.terrain_id = any (terrains));
  if terrains is null then return shown; end if;
  return shown || (select array_agg(distinct c.organisation_id) from public.company c
    where c.terrain_id = any (terrains) and c.organisation_id is not null);
end $$;

-- Whether it is a session or a token is told by its length, without asking again who it is.
create or replace function app.viewer() returns table (id uuid, name text, email text, language text, strong boolean, untouched boolean, held jsonb,
  territory jsonb, needs_strong_sign_in boolean) language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  me uuid := app.person();
  hash bytea := decode(nullif(current_setting('app.session', true), ''), 'hex');
  moment timestamptz := app.now();
begin
  if me is null then return; end if;
  untouched := length(hash) = 32
    and coalesce((select s.last_seen_at < moment - interval '1 minute' from public.session s where s.token_hash = hash), false);
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
