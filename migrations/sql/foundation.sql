-- What every table stands on: the caller, the clock, the feed, the helpers that give a table its triggers and policies.
create sequence app.feed_seq;

create function app.now() returns timestamptz language plpgsql stable set search_path = pg_catalog as $$
begin
  if coalesce(current_setting('app.now', true), '') = '' then
    return now();
  end if;
  -- A set time counts only in a database marked for tests, or in a transaction that cannot write (--at with --dry-run).
  if current_setting('transaction_read_only') = 'on'
    or exists (select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
               where d.datname = current_database() and 'app.time_travel=on' = any (s.setconfig)) then
    return current_setting('app.now')::timestamptz;
  end if;
  return now();
end $$;

create function app.system() returns text language sql stable set search_path = pg_catalog as $$
  select nullif(current_setting('app.system', true), '')
$$;

-- The feed's place of a row, and the two texts that tell subscribers which terrain moved.
create function app.mark_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  new.changed_xid := pg_current_xact_id();
  new.changed_seq := nextval('app.feed_seq');
  return new;
end $$;

create function app.notify_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform pg_notify('terrein_changed', t) from (select distinct terrain_id::text as t from changed where terrain_id is not null) d;
  return null;
end $$;

create function app.notify_terrain_changed() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform pg_notify('terrein_changed', id::text) from (select distinct id from changed) d;
  return null;
end $$;

-- Row-level security on and forced, for the owner too, who works only inside definer functions and migrations.
create procedure app.protect(t regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy owner_all on %s to terrein_owner using (current_user = ''terrein_owner'') with check (current_user = ''terrein_owner'')', t);
end $$;

-- A table whose rows travel through the feed of a terrain.
create procedure app.feed(t regclass, terrain_column text default 'terrain_id') language plpgsql as $$
declare notify text := case when terrain_column = 'id' then 'app.notify_terrain_changed' else 'app.notify_changed' end;
begin
  execute format('alter table %s add changed_xid xid8 not null default ''0'', add changed_seq bigint not null default 0', t);
  execute format('create index on %s (%I, changed_xid, changed_seq)', t, terrain_column);
  execute format('create trigger mark_changed before insert or update on %s for each row execute function app.mark_changed()', t);
  execute format('create trigger notify_insert after insert on %s referencing new table as changed for each statement execute function %s()', t, notify);
  execute format('create trigger notify_update after update on %s referencing new table as changed for each statement execute function %s()', t, notify);
end $$;

-- The z12 tile in which a shape's middle lies, as x * 4096 + y: a spatial key that needs no leakproof operator.
create function app.cell(web geometry) returns integer language sql immutable strict parallel safe as $$
  select (floor((public.ST_X(c) + 20037508.342789244) / 9783.939620502561)::integer * 4096
        + floor((20037508.342789244 - public.ST_Y(c)) / 9783.939620502561)::integer)
  from (select public.ST_Centroid(public.ST_Envelope(web)) c) m
$$;

-- Shapes as the graph has them (4326), as they are measured (28992) and as tiles need them (3857).
create procedure app.shape(t regclass, kind text) language plpgsql as $$
begin
  execute format('alter table %s
    add geom geometry(%s, 4326) not null,
    add geom_rd geometry(%2$s, 28992) generated always as (ST_Transform(geom, 28992)) stored,
    add geom_web geometry(%2$s, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    add cell integer generated always as (app.cell(ST_Transform(geom, 3857))) stored', t, kind);
  execute format('create index on %s using gist (geom)', t);
  execute format('create index on %s using gist (geom_web)', t);
  execute format('create index on %s (cell)', t);
end $$;

-- Where an imported row comes from, and which of its fields people have corrected since (an import leaves those alone).
create procedure app.provenance(t regclass) language plpgsql as $$
begin
  execute format('alter table %s
    add source text, add source_id text, add source_on date, add licence text,
    add import_run_id uuid references import_run, add edited_fields text[] not null default ''{}'',
    add version integer not null default 1, add deleted_at timestamptz', t);
  execute format('create unique index on %s (source, source_id)', t);
end $$;
