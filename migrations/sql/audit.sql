-- Who did what, when, from where, to what, with which result. The application adds events through one function and can do nothing else to
-- them; each minute a job seals what was added since, in a chain of hashes. An event holds a pseudonym: without its row in audit_subject it
-- is nobody's, and the chain still verifies.

create sequence app.audit_seq;

create table audit_subject (
  person_id uuid primary key references person,
  pseudonym uuid not null unique default gen_random_uuid()
);

create table audit_event (
  seq bigint primary key,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'token', 'visitor', 'system')),
  actor uuid,                       -- a pseudonym
  actor_organisation_id uuid,       -- for whom they acted, as far as that is one
  action text not null check (length(action) between 1 and 80),
  object_kind text check (length(object_kind) <= 40),
  object_id uuid,                   -- of a person: the pseudonym
  organisations uuid[] not null,    -- those whose log this is in
  address cidr,                     -- IPv4 /24, IPv6 /48
  result text not null check (length(result) between 1 and 40),
  request_id uuid not null,
  details jsonb not null
);
create index on audit_event (actor, seq);

-- One organisation's log in order: a page of it is read without looking at the others.
create table audit_reader (
  organisation_id uuid not null,
  seq bigint not null,
  primary key (organisation_id, seq)
);

create table audit_seal (
  number bigint primary key,
  sealed_at timestamptz not null,
  seqs bigint[] not null,           -- the events it covers, in order
  digests bytea[] not null,         -- of each, so that a broken one can be named
  previous bytea not null,
  hash bytea not null,
  -- How far the numbers are dealt with, and which below that may still come: a transaction that was under way had taken them.
  through bigint not null,
  open bigint[] not null,
  horizon xid8 not null
);
create index on audit_seal (sealed_at);

create function app.audit_stays() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'what is in the audit log stays as it is' using errcode = '42501';
end $$;
create trigger stays before update on audit_event for each row execute function app.audit_stays();
create trigger stays before update or delete on audit_seal for each row execute function app.audit_stays();

-- Whose an object is. What is only now being made is found nowhere yet, and is the actor's.
create function app.audit_owner(p_kind text, p_id uuid, out organisation_id uuid, out private boolean)
language plpgsql stable set search_path = pg_catalog, public as $$
begin
  private := false;
  case p_kind
    when 'issue' then
      select i.organisation_id, i.audience = 'me' into organisation_id, private from issue i where i.id = p_id;
    when 'comment' then
      select c.organisation_id, i.audience = 'me' into organisation_id, private from issue_comment c join issue i on i.id = c.issue_id where c.id = p_id;
    when 'support' then select s.organisation_id into organisation_id from support s where s.id = p_id;
    when 'company' then select c.organisation_id into organisation_id from company c where c.id = p_id;
    when 'occupancy' then
      select c.organisation_id into organisation_id from occupancy o join company c on c.id = o.company_id where o.id = p_id;
    when 'membership' then select m.organisation_id into organisation_id from membership m where m.id = p_id;
    when 'invitation' then select i.organisation_id into organisation_id from invitation i where i.id = p_id;
    when 'organisation' then select o.id into organisation_id from organisation o where o.id = p_id;
    else null;
  end case;
  private := coalesce(private, false);
end $$;

create function app.audit_pseudonym(p_person uuid) returns uuid language plpgsql set search_path = pg_catalog, public as $$
declare found_one uuid;
begin
  select a.pseudonym into found_one from audit_subject a where a.person_id = p_person;
  if found_one is null and p_person is not null then
    insert into audit_subject (person_id) values (p_person) on conflict do nothing;
    select a.pseudonym into found_one from audit_subject a where a.person_id = p_person;
  end if;
  return found_one;
end $$;

-- Adds the events of one request. Who acts is whose session or token it is, ended or not (signing out ends it); whoever is not the
-- application acts as the system. An event: action, object_kind, object_id, email (whose account was tried), organisations, private,
-- result, details.
create function app.audit(p_events jsonb, p_session bytea, p_address text, p_request uuid)
returns table (seq bigint, at timestamptz, actor uuid) language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  system boolean := session_user <> 'terrein_app';
  who uuid;
  way text;
  mine uuid[] := '{}';
  event jsonb;
  owner record;
  kind text;
  object uuid;
  concerned uuid[];
begin
  -- Before the number: then whoever holds a number also holds a transaction id below the horizon of a seal that misses it.
  perform pg_current_xact_id();
  at := app.now();
  if length(p_session) = 33 then
    select t.person_id into who from access_token t where t.token_hash = p_session;
  elsif p_session is not null then
    select s.person_id, s.method into who, way from session s where s.token_hash = p_session;
  end if;
  if who is not null then
    actor := app.audit_pseudonym(who);
    select coalesce(array_agg(distinct m.organisation_id), '{}') into mine from membership m
    where m.person_id = who and m.valid_from <= at and (m.valid_until is null or m.valid_until > at);
  end if;
  for event in select * from jsonb_array_elements(p_events) loop
    -- Nobody who goes leaves nothing behind.
    continue when who is null and not system and event ->> 'action' = 'signOut';
    kind := left(event ->> 'object_kind', 40);
    object := (event ->> 'object_id')::uuid;
    select coalesce(array_agg(o::uuid), '{}') into concerned from jsonb_array_elements_text(event -> 'organisations') o;
    if event ->> 'email' is not null then
      kind := 'person';
      select p.id into object from person p where p.email = lower(event ->> 'email');
    end if;
    if kind = 'person' and object is not null then
      concerned := concerned || array(select m.organisation_id from membership m
        where m.person_id = object and m.valid_from <= at and (m.valid_until is null or m.valid_until > at));
      object := case when exists (select from person p where p.id = object) then app.audit_pseudonym(object) end;
    end if;
    select * into owner from app.audit_owner(kind, object);
    -- In the log of those it is of; what is nobody's, or another's, also in that of the actor's own. Private is private here too.
    if owner.private or (event ->> 'private')::boolean then
      concerned := '{}';
    elsif owner.organisation_id = any (mine) then
      concerned := concerned || owner.organisation_id;
    else
      concerned := concerned || mine || owner.organisation_id;
    end if;
    select coalesce(array_agg(distinct o order by o), '{}') into concerned from unnest(concerned) o where o is not null;
    seq := nextval('app.audit_seq');
    insert into audit_event (seq, at, actor_kind, actor, actor_organisation_id, action, object_kind, object_id, organisations, address,
      result, request_id, details)
    values (seq, at,
      case when system then 'system' when who is null then 'visitor' when length(p_session) = 33 then 'token' else 'person' end, actor,
      case when owner.organisation_id = any (mine) then owner.organisation_id else mine[1] end,
      left(event ->> 'action', 80), kind, object, concerned, p_address::cidr, left(event ->> 'result', 40), p_request,
      (event -> 'details') || case when way is not null and event ->> 'action' = 'signIn' then jsonb_build_object('method', way) else '{}' end);
    insert into audit_reader (organisation_id, seq) select o, seq from unnest(concerned) o;
    return next;
  end loop;
end $$;

-- Of an event that the caller may read: whether nobody can say any more whose pseudonym its actor is, and for whom they acted. That may be
-- an organisation of which the caller sees nothing else.
create function app.audit_actor(p_seq bigint, out erased boolean, out organisation text) language plpgsql stable security definer
set search_path = pg_catalog, public as $$
begin
  select e.actor is not null and s.pseudonym is null, o.name into erased, organisation
  from audit_event e left join audit_subject s on s.pseudonym = e.actor left join organisation o on o.id = e.actor_organisation_id
  where e.seq = p_seq and (e.organisations && app.my_organisations() or s.person_id = app.person());
end $$;

-- What is hashed of an event: each field as text, with its length, or that it is none. The same in server/src/audit/verify.rs.
create function app.audit_digest(e audit_event) returns bytea language plpgsql stable set search_path = pg_catalog as $$
begin
  return (select sha256(string_agg(case when v is null then '\x00'::bytea
      else '\x01'::bytea || int4send(octet_length(v)) || convert_to(v, 'UTF8') end, ''::bytea order by n))
    from unnest(array[e.seq::text, (extract(epoch from e.at) * 1000000)::bigint::text, e.actor_kind, e.actor::text, e.actor_organisation_id::text,
      e.action, e.object_kind, e.object_id::text, e.organisations::text, e.address::text, e.result, e.request_id::text, e.details::text])
      with ordinality f (v, n));
end $$;

-- Seals what was added since the last seal, 10,000 events at most; one at a time over all nodes. No row when there is nothing to seal, or
-- somebody else is at it.
create function app.seal_audit() returns table (number bigint, events integer, hash bytea) language plpgsql security definer
set search_path = pg_catalog, public as $$
declare
  last audit_seal%rowtype;
  lowest xid8;
  newest xid8;
  numbers bigint[];
  leaves bytea[];
  passed bigint;
  waiting bigint[];
  moment timestamptz := app.now();
begin
  if not pg_try_advisory_xact_lock(7266471, 4) then return; end if;
  select * into last from audit_seal s order by s.number desc limit 1;
  lowest := pg_snapshot_xmin(pg_current_snapshot());
  select array_agg(e.seq order by e.seq), array_agg(app.audit_digest(e) order by e.seq) into numbers, leaves from (
    select * from audit_event a where a.seq > coalesce(last.through, 0) or a.seq = any (coalesce(last.open, '{}')) order by a.seq limit 10000) e;
  if numbers is null then return; end if;
  newest := pg_snapshot_xmax(pg_current_snapshot());
  passed := greatest(coalesce(last.through, 0), numbers[array_upper(numbers, 1)]);
  -- A number that was missing comes no more once all that was under way at the time has ended, or in another database than it was (restored).
  select coalesce(array_agg(n order by n), '{}') into waiting from (
    select unnest(case when lowest < last.horizon and newest >= last.horizon then last.open else '{}' end) as n
    union select generate_series(coalesce(last.through, 0) + 1, passed)
    except select unnest(numbers)) missing;
  number := coalesce(last.number, 0) + 1;
  events := array_length(numbers, 1);
  hash := sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || int8send(number) || int8send((extract(epoch from moment) * 1000000)::bigint)
    || int4send(events) || (select string_agg(int8send(n) || leaf, ''::bytea order by n) from unnest(numbers, leaves) sealed (n, leaf)));
  insert into audit_seal (number, sealed_at, seqs, digests, previous, hash, through, open, horizon)
  values (number, moment, numbers, leaves, coalesce(last.hash, decode(repeat('00', 32), 'hex')), hash, passed, waiting, newest);
  return next;
end $$;

-- Events whose seal is older than so many years go; their seals stay, and the chain with them.
create function app.forget_audit(p_years integer) returns bigint language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  seal audit_seal%rowtype;
  forgotten bigint;
begin
  if p_years < 1 then raise exception 'events are kept for a year at least'; end if;
  select * into seal from audit_seal s where s.sealed_at < app.now() - make_interval(years => p_years) order by s.sealed_at desc limit 1;
  if not found then return 0; end if;
  delete from audit_reader r where r.seq <= seal.through and r.seq <> all (seal.open);
  delete from audit_event e where e.seq <= seal.through and e.seq <> all (seal.open);
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;

do $$ declare t text; begin
  foreach t in array array['audit_subject', 'audit_event', 'audit_reader', 'audit_seal'] loop
    call app.protect(t::regclass);
  end loop;
end $$;

-- A name is told to colleagues; of others it is told for whom they acted.
grant select on audit_subject, audit_event, audit_reader to terrein_app;
create policy self_and_colleagues on audit_subject for select to terrein_app using (
  person_id = (select app.person()) or person_id = any ((select app.my_colleagues())::uuid[]));
create policy ours_and_mine on audit_event for select to terrein_app using (
  organisations && (select app.my_organisations())::uuid[]
  or actor = (select s.pseudonym from audit_subject s where s.person_id = (select app.person())));
create policy ours on audit_reader for select to terrein_app using (organisation_id = any ((select app.my_organisations())::uuid[]));
-- `terrein audit verify`
grant select on audit_event, audit_seal to terrein_worker;
create policy operated on audit_event for select to terrein_worker using ((select app.system()) = 'operator');
create policy operated on audit_seal for select to terrein_worker using ((select app.system()) = 'operator');

revoke execute on function app.audit_stays(), app.audit_owner(text, uuid), app.audit_pseudonym(uuid), app.audit(jsonb, bytea, text, uuid),
  app.audit_actor(bigint), app.audit_digest(audit_event), app.seal_audit(), app.forget_audit(integer) from public;
grant execute on function app.audit(jsonb, bytea, text, uuid) to terrein_app, terrein_worker, terrein_importer;
grant execute on function app.audit_actor(bigint) to terrein_app;
grant execute on function app.seal_audit(), app.forget_audit(integer) to terrein_jobs;
