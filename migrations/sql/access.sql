create table person (
  id uuid primary key,
  email text not null unique check (email = lower(email) and email like '%_@_%' and length(email) <= 254),
  name text not null check (length(name) between 1 and 120),
  language text not null default 'nl' check (language in ('nl', 'en')),
  scope integer not null default 0,
  created_at timestamptz not null default now()
);
create table organisation (
  id uuid primary key,
  kind text not null check (kind in ('programme', 'company', 'owner', 'municipality', 'grid_operator', 'park_management', 'province', 'partner', 'operator')),
  name text not null check (length(name) between 1 and 200),
  municipality_code text,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  check ((kind = 'municipality') = (municipality_code is not null))
);
create table session (
  id uuid primary key,
  token_hash bytea not null unique,
  person_id uuid not null references person,
  device text not null default '',
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on session (person_id);
create table sign_in_link (
  id uuid primary key,
  email text not null,
  person_id uuid references person,
  token_hash bytea not null unique,
  code_hash bytea,
  browser_hash bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  attempts integer not null default 0,
  consumed_at timestamptz
);
create index on sign_in_link (email, created_at);
create table command_log (
  person_id uuid not null references person,
  command_id uuid not null,
  content_hash bytea not null,
  outcome jsonb not null,
  created_at timestamptz not null default now(),
  primary key (person_id, command_id)
);
