-- Roles, schemas, extensions and leakproof marks: what only a superuser may do. Repeatable; migrations hold none of it.
do $$
declare r text;
begin
  foreach r in array array['owner','migrator','app','worker','importer','releaser','jobs','backup'] loop
    if not exists (select from pg_roles where rolname = 'terrein_' || r) then
      begin
        execute format('create role %I %s nosuperuser nocreatedb nocreaterole nobypassrls', 'terrein_' || r,
                       case when r = 'owner' then 'nologin' else 'login' end);
      exception when duplicate_object or unique_violation then null; -- another database of this cluster was faster
      end;
    end if;
  end loop;
end $$;
grant terrein_owner to terrein_migrator;
grant terrein_jobs to terrein_migrator;
grant pg_read_all_data to terrein_backup;

create extension if not exists postgis;

-- Only the owner and the job queue make objects; PUBLIC gets nothing.
do $$ begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to terrein_migrator, terrein_app, terrein_worker, terrein_importer, terrein_releaser, terrein_jobs, terrein_backup', current_database());
  execute format('grant create on database %I to terrein_owner, terrein_jobs', current_database());
end $$;
revoke all on schema public from public;
grant usage on schema public to terrein_owner, terrein_app, terrein_worker, terrein_importer, terrein_releaser, terrein_jobs, terrein_backup;
grant create on schema public to terrein_owner;
create schema if not exists app authorization terrein_owner;
grant usage, create on schema app to terrein_jobs;   -- its one function, app.enqueue
create schema if not exists reference authorization terrein_owner;
create schema if not exists staging authorization terrein_importer;
create schema if not exists graphile_worker authorization terrein_jobs;
-- ST_Transform reads it as the caller.
revoke all on spatial_ref_sys from public;
grant select on spatial_ref_sys to terrein_owner, terrein_app, terrein_worker, terrein_importer, terrein_releaser, terrein_jobs;

-- Under row-level security an index on a shape or a search vector is used only when its operator cannot leak. These compare
-- bounding boxes and lexemes and raise nothing about their arguments. An extension update drops the mark: the start checks it.
alter function geometry_overlaps(geometry, geometry) leakproof;
alter function ts_match_vq(tsvector, tsquery) leakproof;
