-- Parcels, buildings, addresses, companies, what stands and lies on the terrain, and the ground of the map.
create table plot (
  id uuid primary key,
  terrain_id uuid references terrain,
  cadastral_municipality text not null,
  section text not null check (section ~ '^[A-Z]{1,2}$'),
  number text not null check (number ~ '^[0-9]{1,5}$'),
  key text not null generated always as (cadastral_municipality || '-' || section || '-' || number) stored,
  registered_m2 double precision check (registered_m2 >= 0),
  valid_from date, valid_until date,
  audience text not null default 'public' check (audience in ('public', 'terrain')),
  search tsvector generated always as (to_tsvector('simple', cadastral_municipality || ' ' || section || ' ' || number || ' ' || section || number)) stored
);
call app.provenance('plot'); call app.shape('plot', 'MultiPolygon'); call app.feed('plot');
alter table plot add area_m2 double precision generated always as (ST_Area(ST_Transform(geom, 28992))) stored;
create index on plot (key); create index on plot using gin (search);

create table building (
  id uuid primary key,
  terrain_id uuid references terrain,
  plot_id uuid references plot,
  bag_id text not null check (bag_id ~ '^[0-9]{16}$'),
  year integer check (year between 1005 and 2100),
  status text not null,
  uses text[] not null default '{}',
  details jsonb not null default '{}',
  audience text not null default 'public' check (audience in ('public', 'terrain'))
);
call app.provenance('building'); call app.shape('building', 'MultiPolygon'); call app.feed('building');
alter table building add area_m2 double precision generated always as (ST_Area(ST_Transform(geom, 28992))) stored;
create unique index on building (bag_id); create index on building (plot_id);

create table address (
  id uuid primary key,
  terrain_id uuid references terrain,
  building_id uuid references building,
  bag_id text not null check (bag_id ~ '^[0-9]{16}$'),            -- nummeraanduiding
  bag_object_id text check (bag_object_id ~ '^[0-9]{16}$'),       -- verblijfsobject
  bag_building_id text check (bag_building_id ~ '^[0-9]{16}$'),   -- first pand of the object
  street text not null, house_number integer not null check (house_number between 1 and 99999),
  house_letter text, addition text,
  postcode text check (postcode ~ '^[1-9][0-9]{3}[A-Z]{2}$'), city text,
  uses text[] not null default '{}', floor_area_m2 double precision,
  audience text not null default 'public' check (audience in ('public', 'terrain')),
  label text not null generated always as (street || ' ' || house_number || coalesce(house_letter, '') || coalesce('-' || addition, '')) stored,
  search tsvector generated always as (to_tsvector('simple', street || ' ' || house_number || coalesce(house_letter, '') || ' ' || coalesce(postcode, ''))) stored
);
call app.provenance('address'); call app.shape('address', 'Point'); call app.feed('address');
create unique index on address (bag_id); create index on address (postcode, house_number); create index on address (building_id);
create index on address (bag_building_id); create index on address using gin (search);

create table company (
  id uuid primary key,
  terrain_id uuid references terrain,
  organisation_id uuid references organisation,
  address_id uuid references address,
  name text not null check (length(name) between 1 and 200),
  kvk_number text check (kvk_number ~ '^[0-9]{8}$'),
  establishment_number text check (establishment_number ~ '^[0-9]{12}$'),
  sbi_code text, sbi_version text check (sbi_version in ('2008', '2025')),
  street text, house_number integer, house_letter text, addition text, postcode text, city text,
  employees integer check (employees >= 0),
  sole_trader boolean not null default false,
  no_mailing boolean not null default false,        -- indNonMailing
  address_shielded boolean not null default false,  -- indAfgeschermd
  search tsvector generated always as (to_tsvector('simple', case when address_shielded then name
    else name || ' ' || coalesce(street, '') || ' ' || coalesce(house_number::text, '') || ' ' || coalesce(postcode, '') end)) stored
);
call app.provenance('company'); call app.shape('company', 'Point'); call app.feed('company');
alter table company alter geom drop not null;   -- known by name and postcode alone until it is linked to an address
create unique index on company (establishment_number); create index on company (organisation_id); create index on company (address_id);
create index on company using gin (search);

create table occupancy (
  id uuid primary key,
  terrain_id uuid references terrain,
  company_id uuid not null references company,
  plot_id uuid references plot, building_id uuid references building,
  kind text not null check (kind in ('owns', 'rents', 'uses')),
  from_on date, until_on date,
  linked_by text not null check (linked_by in ('import', 'person')),
  version integer not null default 1, deleted_at timestamptz,
  check (num_nonnulls(plot_id, building_id) = 1),
  unique nulls not distinct (company_id, plot_id, building_id, kind)
);
call app.feed('occupancy');
create index on occupancy (plot_id); create index on occupancy (building_id);

create table infrastructure (
  id uuid primary key,
  terrain_id uuid references terrain,
  kind text not null check (kind in ('station', 'cable', 'pipe', 'road', 'cycle_path', 'camera', 'lamp', 'charger', 'tree', 'other')),
  name text, owner text, condition text check (condition in ('good', 'fair', 'poor', 'unknown')),
  details jsonb not null default '{}',
  audience text not null default 'public' check (audience in ('public', 'terrain'))
);
call app.provenance('infrastructure'); call app.shape('infrastructure', 'Geometry'); call app.feed('infrastructure');

create table backdrop (
  id uuid primary key,
  kind text not null check (kind in ('water', 'road', 'rail', 'green', 'cycle_path', 'parking', 'paved', 'quay', 'tree', 'settlement', 'solar', 'ridge', 'label')),
  name text,
  level integer not null default 0,        -- drawing order; BGT relatieve hoogteligging
  width_m double precision,                -- of a line
  rank integer not null default 9          -- roads: 1 motorway .. 9 path
);
call app.provenance('backdrop'); call app.shape('backdrop', 'Geometry');
