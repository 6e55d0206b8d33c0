create table import_run (
  id uuid primary key,
  source text not null,
  file_name text not null,
  file_sha256 text,
  source_on date,
  licence text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  read integer not null default 0, created integer not null default 0, updated integer not null default 0,
  unchanged integer not null default 0, rejected integer not null default 0
);
create table import_reject (
  import_run_id uuid not null references import_run,
  row_number bigint not null,
  field text,
  reason text not null,
  detail jsonb not null default '{}'
);
create index on import_reject (import_run_id, row_number);

create table reference.municipality (
  code text primary key check (code ~ '^GM[0-9]{4}$'),
  name text not null,
  province_code text,
  province_name text,
  valid_from date, valid_until date,
  geom geometry(MultiPolygon, 4326)
);
create index on reference.municipality using gist (geom);

create table terrain (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  ibis_number text,
  locality text,
  gross_m2 double precision check (gross_m2 >= 0),
  net_m2 double precision check (net_m2 >= 0),
  start_year integer check (start_year between 1500 and 2100),
  audience text not null default 'public' check (audience in ('public', 'terrain'))
);
call app.provenance('terrain');
call app.shape('terrain', 'MultiPolygon');
alter table terrain add area_m2 double precision generated always as (ST_Area(ST_Transform(geom, 28992))) stored;
create index on terrain (name, id);
call app.feed('terrain', 'id');

create table terrain_municipality (
  terrain_id uuid not null references terrain,
  municipality_code text not null,
  primary key (terrain_id, municipality_code)
);
create index on terrain_municipality (municipality_code);

create table membership (
  id uuid primary key,
  person_id uuid not null references person,
  organisation_id uuid not null references organisation,
  terrain_id uuid references terrain,
  role text not null check (role in ('aanjager', 'entrepreneur', 'owner', 'municipality', 'grid_operator', 'park_manager', 'project_lead', 'province', 'partner', 'admin')),
  valid_from timestamptz not null default now(),
  valid_until timestamptz,
  unique nulls not distinct (person_id, organisation_id, terrain_id, role)
);
create index on membership (person_id);
create index on membership (organisation_id);
create index on membership (terrain_id);
