create table issue (
  id uuid primary key,
  terrain_id uuid not null references terrain,
  kind text not null check (kind in ('problem', 'opportunity', 'challenge')),
  theme text not null check (theme in ('energy', 'climate', 'mobility', 'circular', 'space', 'biodiversity', 'safety', 'other')),
  title text check (length(title) between 1 and 120),
  description text check (length(description) <= 4000),
  audience text not null check (audience in ('me', 'team', 'parties', 'terrain', 'municipality', 'public')),
  state text not null default 'open' check (state in ('open', 'taken_up', 'solved', 'dropped')),
  state_reason text check (length(state_reason) <= 1000),
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  plot_id uuid references plot, company_id uuid references company, infrastructure_id uuid references infrastructure,
  place_label text check (length(place_label) <= 200),
  reporter_role text not null,                 -- parties, not persons
  outside_terrain boolean not null default false,
  -- Where the phone was, as the device said; the thing itself is at geom.
  device_geom geometry(Point, 4326), device_accuracy_m double precision check (device_accuracy_m >= 0),
  device_heading_deg double precision check (device_heading_deg >= 0 and device_heading_deg < 360), device_at timestamptz,
  support_count integer not null default 0, comment_count integer not null default 0,
  reported_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz,
  check (state not in ('solved', 'dropped') or state_reason is not null),
  search tsvector generated always as (to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(description, '') || ' ' || coalesce(place_label, ''))) stored
);
call app.shape('issue', 'Geometry'); call app.feed('issue');
create index on issue (terrain_id, reported_at desc, id); create index on issue (author_id); create index on issue using gin (search);

create table issue_party (
  issue_id uuid not null references issue,
  company_id uuid not null references company,
  terrain_id uuid not null references terrain,
  primary key (issue_id, company_id)
);
create index on issue_party (company_id);

create table support (
  id uuid primary key,
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  company_id uuid references company,          -- null: the person's own organisation
  organisation_id uuid references organisation,
  person_id uuid not null references person,
  willingness text not null default 'moral' check (willingness in ('money', 'hours', 'land', 'moral')),
  given_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz,
  check (num_nonnulls(company_id, organisation_id) >= 1)
);
call app.feed('support');
-- A party is an organisation, or a company that has nobody here; whether its own people say it or the aanjager, it counts once.
create unique index support_once on support (issue_id, coalesce(organisation_id, company_id)) where deleted_at is null;
create index on support (issue_id);

create table issue_comment (
  id uuid primary key,
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,
  text text not null check (length(text) between 1 and 4000),
  written_at timestamptz not null,
  version integer not null default 1, deleted_at timestamptz
);
call app.feed('issue_comment');
create index on issue_comment (issue_id, written_at);

-- History: only added to, and parties by their role, never by their name.
create table issue_event (
  id uuid primary key,
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  kind text not null check (kind in ('reported', 'edited', 'moved', 'audience_changed', 'state_changed', 'withdrawn')),
  actor_id uuid not null references person,
  actor_role text not null,
  details jsonb not null default '{}',
  happened_at timestamptz not null
);
create index on issue_event (issue_id, happened_at);

-- Who could see a row and no longer can is told so: the copy on their phone goes.
create table gone (
  id uuid primary key default gen_random_uuid(),
  terrain_id uuid not null references terrain,
  kind text not null, subject_id uuid not null,
  audience text not null, organisation_id uuid, author_id uuid,
  gone_at timestamptz not null default now()
);
call app.feed('gone');
