-- What somebody saw on the spot: the answer to a question that only a look there answers. It stands beside what the registers say, in a
-- table that no import touches, and is the team's: the maker's organisation on this terrain.
create table observation (
  id uuid primary key,
  terrain_id uuid not null references terrain,
  company_id uuid references company, plot_id uuid references plot, building_id uuid references building, infrastructure_id uuid references infrastructure,
  subject_id uuid not null generated always as (coalesce(company_id, plot_id, building_id, infrastructure_id)) stored,
  question text not null,
  answer text check (length(answer) between 1 and 300),                -- null: taken out with the person it was about
  seen_at timestamptz not null,                                        -- as the phone said, never later than it came in
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,                                           -- parties, not persons
  created_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz,
  check (num_nonnulls(company_id, plot_id, building_id, infrastructure_id) = 1),
  check (answer is not null or deleted_at is not null),
  -- observation/rules.rs says the same.
  check (case question
    when 'company_present' then company_id is not null and answer in ('YES', 'NO', 'MOVED')
    when 'company_activity' then company_id is not null
    when 'building_use' then building_id is not null and answer in ('IN_USE', 'PARTLY', 'VACANT')
    when 'plot_use' then plot_id is not null and answer in ('IN_USE', 'FALLOW', 'FOR_SALE')
    when 'infrastructure_condition' then infrastructure_id is not null and answer in ('GOOD', 'FAIR', 'BAD', 'BROKEN')
    else false end)
);
call app.feed('observation');
create index on observation (subject_id, question, seen_at desc);
create index on observation (terrain_id, seen_at, id); create index on observation (author_id);
call app.protect('observation');

grant select, insert, update (deleted_at, version) on observation to terrein_app;
-- A company that is one person's may be hidden from a colleague; what was seen there then is too.
create policy seen on observation for select to terrein_app using (
  organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[])
  and (company_id is null or exists (select from company c where c.id = company_id)));
create policy observed on observation for insert to terrein_app with check (
  author_id = (select app.person())
  and organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[])
  and (exists (select from company s where s.id = company_id and s.terrain_id = observation.terrain_id)
    or exists (select from plot s where s.id = plot_id and s.terrain_id = observation.terrain_id)
    or exists (select from building s where s.id = building_id and s.terrain_id = observation.terrain_id)
    or exists (select from infrastructure s where s.id = infrastructure_id and s.terrain_id = observation.terrain_id)));
create policy withdrawn on observation for update to terrein_app using (
  author_id = (select app.person()) and author_role <> all ((select app.waiting_roles())::text[]));

-- Whose they are in the audit log; what is held about a person, and what goes with them. Each function is told one more thing, whatever else
-- it has been told before.
create procedure app.told(what regprocedure, after text, more text) language plpgsql as $$
declare said text := pg_get_functiondef(what);
begin
  if strpos(said, after) = 0 then raise exception '% has no %', what, after; end if;
  execute replace(said, after, more || after);
end $$;
call app.told('app.audit_owner(text,uuid)', $a$    when 'support' then$a$,
  $a$    when 'observation' then select o.organisation_id into organisation_id from observation o where o.id = p_id;
$a$);
call app.told('app.personal_parts()', $a$    ('commands', 'command_log',$a$, $a$    ('observations', 'observation', 'author_id', 'id', shape, false),
$a$);
-- What was seen at somebody's own business is about them: it goes with the record, also from the answers that are kept for repeats.
call app.told('app.erase_me()', $a$  -- Roles end, in open pages and sockets too$a$, $a$  update observation s set answer = null, deleted_at = coalesce(s.deleted_at, moment), version = s.version + 1 where s.company_id = any (theirs);
  if cardinality(theirs) > 0 then
    update command_log l set outcome = l.outcome #- '{rows,observation}' where (l.outcome #>> '{rows,observation,company_id}')::uuid = any (theirs);
  end if;
$a$);
drop procedure app.told(regprocedure, text, text);
