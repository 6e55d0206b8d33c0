-- What was said with a company or somebody else, and what was promised. All of it is the team's: the maker's organisation, as far as its
-- people work on the terrain. A private note is its author's.

create table conversation (
  id uuid primary key,
  terrain_id uuid not null references terrain,
  company_id uuid references company,
  other_party text check (length(other_party) between 1 and 200),     -- an owner, the municipality, a group
  held_on date not null check (held_on between '2000-01-01' and '2099-12-31'),
  situation text check (length(situation) <= 4000), needs text check (length(needs) <= 4000), vision text check (length(vision) <= 4000),
  themes text[] not null default '{}'
    check (themes <@ '{energy,climate,mobility,circular,space,biodiversity,safety,other}'::text[] and cardinality(themes) <= 8),
  willingness text not null default 'not_asked' check (willingness in ('yes', 'maybe', 'no', 'not_asked')),
  willingness_forms text[] not null default '{}' check (willingness_forms <@ '{money,hours,land,moral}'::text[] and cardinality(willingness_forms) <= 4),
  sharing text not null default 'team_only' check (sharing in ('without_name', 'with_name', 'team_only')),
  attendees text[] not null default '{}' check (cardinality(attendees) <= 30),
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,                                           -- parties, not persons
  created_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz,
  check (num_nonnulls(company_id, other_party) = 1)
);
call app.feed('conversation');
create index on conversation (terrain_id, held_on desc, id);
create index on conversation (company_id, held_on); create index on conversation (author_id);

-- In a table of its own, so that no question about conversations can have it in its answer.
create table private_note (
  conversation_id uuid not null references conversation,
  author_id uuid not null references person,
  text text check (length(text) between 1 and 4000),                   -- null: taken out again
  written_at timestamptz not null,
  primary key (conversation_id, author_id)
);
create index on private_note (author_id);

create table conversation_issue (
  conversation_id uuid not null references conversation,
  issue_id uuid not null references issue,
  primary key (conversation_id, issue_id)
);
create index on conversation_issue (issue_id);

create table promise (
  id uuid primary key,
  terrain_id uuid not null references terrain,
  conversation_id uuid references conversation, issue_id uuid references issue, company_id uuid references company,
  text text not null check (length(text) between 1 and 1000),
  owned_by text not null check (owned_by in ('us', 'party')),
  due_on date check (due_on between '2000-01-01' and '2099-12-31'),
  due_order date not null generated always as (coalesce(due_on, 'infinity'::date)) stored,   -- without a day comes last
  done_at timestamptz,
  geom geometry(Geometry, 4326),                                       -- where it is due, when that was said
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,
  created_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz
);
call app.feed('promise');
create index on promise (terrain_id, due_order, id);
create index on promise (conversation_id, due_order, id); create index on promise (company_id); create index on promise (author_id);

do $$ declare t text; begin
  foreach t in array array['conversation', 'private_note', 'conversation_issue', 'promise'] loop
    call app.protect(t::regclass);
  end loop;
end $$;

-- The team: people of the maker's organisation with a role that talks with parties (policy.rs says the same). A company or an owner is talked
-- with; a grid operator, a province and a partner see nothing of it.
do $$
declare
  team text := $rule$(organisation_id = any ((select app.my_organisations())::uuid[])
    and terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager,project_lead,municipality}'))::uuid[]))$rule$;
  t text;
begin
  foreach t in array array['conversation', 'promise'] loop
    execute format('grant select, insert, update on %I to terrein_app', t);
    execute format('create policy seen on %I for select to terrein_app using %s', t, team);
    execute format('create policy added on %I for insert to terrein_app with check (author_id = (select app.person()) and %s)', t, team);
    execute format('create policy edited on %I for update to terrein_app using %s', t, team);
  end loop;
end $$;

-- Author only, as long as the conversation is theirs to see.
grant select, insert, update on private_note to terrein_app;
create policy own on private_note for select to terrein_app using (
  author_id = (select app.person()) and exists (select from conversation c where c.id = conversation_id));
create policy written on private_note for insert to terrein_app with check (
  author_id = (select app.person()) and exists (select from conversation c where c.id = conversation_id));
create policy rewritten on private_note for update to terrein_app using (
  author_id = (select app.person()) and exists (select from conversation c where c.id = conversation_id));

grant select, insert on conversation_issue to terrein_app;
create policy seen on conversation_issue for select to terrein_app using (
  exists (select from conversation c where c.id = conversation_id) and exists (select from issue i where i.id = issue_id));
create policy linked on conversation_issue for insert to terrein_app with check (
  exists (select from conversation c join issue i on i.terrain_id = c.terrain_id where c.id = conversation_id and i.id = issue_id));

-- Whose they are in the audit log; what is held about a person, and what goes with them. Each function is told one more thing, whatever else
-- it has been told before.
create procedure app.told(what regprocedure, after text, more text) language plpgsql as $$
declare said text := pg_get_functiondef(what);
begin
  if strpos(said, after) = 0 then raise exception '% has no %', what, after; end if;
  execute replace(said, after, more || after);
end $$;
call app.told('app.audit_owner(text,uuid)', $a$    when 'support' then$a$, $a$    when 'conversation' then select c.organisation_id into organisation_id from conversation c where c.id = p_id;
    when 'promise' then select p.organisation_id into organisation_id from promise p where p.id = p_id;
$a$);
call app.told('app.personal_parts()', $a$    ('commands', 'command_log',$a$, $a$    ('conversations', 'conversation', 'author_id', 'id', shape, false),
    ('privateNotes', 'private_note', 'author_id', 'conversation_id', '{}', true),
    ('promises', 'promise', 'author_id', 'id', shape || '{due_order}'::text[], false),
$a$);
-- A sole trader's talks are about a person: their words go with the record, also from the answers that are kept for repeats.
call app.told('app.erase_me()', $a$  -- Roles end, in open pages and sockets too$a$, $a$  delete from private_note n where n.conversation_id in (select c.id from conversation c where c.company_id = any (theirs));
  update promise p set text = gone_word, version = p.version + 1
  where p.company_id = any (theirs) or p.conversation_id in (select c.id from conversation c where c.company_id = any (theirs));
  update conversation c set situation = null, needs = null, vision = null, attendees = '{}', version = c.version + 1 where c.company_id = any (theirs);
  if cardinality(theirs) > 0 then
    update command_log l set outcome = l.outcome #- '{rows,conversation}' #- '{rows,promise}'
    where (l.outcome #>> '{rows,conversation,company_id}')::uuid = any (theirs) or (l.outcome #>> '{rows,promise,company_id}')::uuid = any (theirs)
      or (l.outcome #>> '{rows,promise,conversation_id}')::uuid in (select c.id from conversation c where c.company_id = any (theirs));
  end if;
$a$);
drop procedure app.told(regprocedure, text, text);
