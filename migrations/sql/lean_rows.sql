-- What a row costs to write. A municipality's delivery is 50,000 rows, and each paid for transformations, a trigger, a second spatial
-- index and a look at its own run that nobody needs.

-- The z12 tile in which the middle of a shape (4326) lies, as x * 4096 + y. One expression, so that it is inlined.
drop function app.cell(geometry) cascade;
create function app.cell(shape geometry) returns integer language sql immutable parallel safe as $$
  select floor((public.ST_XMin(shape) + public.ST_XMax(shape) + 360) / 720 * 4096)::integer * 4096
       + floor((1 - asinh(tan(radians((public.ST_YMin(shape) + public.ST_YMax(shape)) / 2))) / pi()) * 2048)::integer
$$;
revoke execute on function app.cell(geometry) from public;
grant execute on function app.cell(geometry) to terrein_app, terrein_worker, terrein_importer;

-- A tile is a box in degrees as well as in metres, so one spatial index serves both; areas are measured on geom_rd when they are asked for.
create or replace procedure app.shape(t regclass, kind text) language plpgsql as $$
begin
  execute format('alter table %s
    add geom geometry(%s, 4326) not null,
    add geom_rd geometry(%2$s, 28992) generated always as (ST_Transform(geom, 28992)) stored,
    add geom_web geometry(%2$s, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    add cell integer generated always as (app.cell(geom)) stored', t, kind);
  execute format('create index on %s using gist (geom)', t);
  execute format('create index on %s (cell)', t);
end $$;

-- A new row takes its place in the feed as a default; only a change needs the trigger.
create or replace procedure app.feed(t regclass, terrain_column text default 'terrain_id') language plpgsql as $$
declare notify text := case when terrain_column = 'id' then 'app.notify_terrain_changed' else 'app.notify_changed' end;
begin
  execute format('alter table %s add changed_xid xid8 not null default pg_current_xact_id(), add changed_seq bigint not null default nextval(''app.feed_seq'')', t);
  execute format('create index on %s (%I, changed_xid, changed_seq)', t, terrain_column);
  execute format('create trigger mark_changed before update on %s for each row execute function app.mark_changed()', t);
  execute format('create trigger notify_insert after insert on %s referencing new table as changed for each statement execute function %s()', t, notify);
  execute format('create trigger notify_update after update on %s referencing new table as changed for each statement execute function %s()', t, notify);
end $$;

-- Runs are never deleted, so that a row needs no key to hold on to its own.
create or replace procedure app.provenance(t regclass) language plpgsql as $$
begin
  execute format('alter table %s
    add source text, add source_id text, add source_on date, add licence text,
    add import_run_id uuid, add edited_fields text[] not null default ''{}'',
    add version integer not null default 1, add deleted_at timestamptz', t);
  execute format('create unique index on %s (source, source_id)', t);
end $$;

-- The tables that are there already.
alter table terrain drop column area_m2;
alter table plot drop column area_m2;
alter table building drop column area_m2;
drop index plot_key_idx;   -- of all lists by key, each is of one terrain
do $$ declare t text; begin
  foreach t in array array['terrain','plot','building','address','company','infrastructure','backdrop','issue'] loop
    execute format('drop index %I', t || '_geom_web_idx');
    execute format('alter table %I add cell integer generated always as (app.cell(geom)) stored', t);
    execute format('create index on %I (cell)', t);
  end loop;
  for t in select conrelid::regclass::text from pg_constraint where contype = 'f' and conname like '%\_import\_run\_id\_fkey' and conrelid <> 'import_reject'::regclass loop
    execute format('alter table %s drop constraint %I', t, t || '_import_run_id_fkey');
  end loop;
  for t in select tgrelid::regclass::text from pg_trigger where tgname = 'mark_changed' loop
    execute format('drop trigger mark_changed on %s', t);
    execute format('create trigger mark_changed before update on %s for each row execute function app.mark_changed()', t);
    execute format('alter table %s alter changed_xid set default pg_current_xact_id(), alter changed_seq set default nextval(''app.feed_seq'')', t);
  end loop;
end $$;
