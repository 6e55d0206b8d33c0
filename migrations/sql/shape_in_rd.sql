-- Most open data is drawn in RD: transforming a shape to degrees and back again cost a fifth of an import. The importer may bring the
-- shape in metres with a new row; for everybody else, and with every change, it follows from the shape in degrees.
create function app.shape_in_rd() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  new.geom_rd := public.ST_Transform(new.geom, 28992);
  return new;
end $$;

create procedure app.follow_in_rd(t regclass) language plpgsql as $$
begin
  execute format('create trigger shape_in_rd_insert before insert on %s for each row
    when (new.geom_rd is null or current_user <> ''terrein_importer'') execute function app.shape_in_rd()', t);
  execute format('create trigger shape_in_rd_update before update on %s for each row
    when (new.geom is distinct from old.geom or new.geom_rd is distinct from old.geom_rd) execute function app.shape_in_rd()', t);
end $$;

create or replace procedure app.shape(t regclass, kind text) language plpgsql as $$
begin
  execute format('alter table %s
    add geom geometry(%s, 4326) not null,
    add geom_rd geometry(%2$s, 28992),
    add geom_web geometry(%2$s, 3857) generated always as (ST_Transform(geom, 3857)) stored,
    add cell integer generated always as (app.cell(geom)) stored', t, kind);
  execute format('create index on %s using gist (geom)', t);
  execute format('create index on %s (cell)', t);
  call app.follow_in_rd(t);
end $$;

do $$ declare t regclass; begin
  for t in select attrelid::regclass from pg_attribute join pg_class on pg_class.oid = attrelid
           where attname = 'geom_rd' and relkind = 'r' and attgenerated = 's' loop
    execute format('alter table %s alter geom_rd drop expression', t);
    call app.follow_in_rd(t);
  end loop;
end $$;

revoke execute on function app.shape_in_rd() from public;
revoke execute on procedure app.follow_in_rd(regclass) from public;
