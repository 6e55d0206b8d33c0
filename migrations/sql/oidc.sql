-- Signing in at one's own organisation (OpenID Connect).

-- Whose account at a provider is whose here. A provider gives a subject to nobody else again, which a mail address may be.
create table oidc_identity (
  issuer text not null check (length(issuer) between 1 and 500),
  subject text not null check (length(subject) between 1 and 255),
  person_id uuid not null references person on delete cascade,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (issuer, subject),
  -- One of each provider: whoever got an address that was somebody else's before does not get their place with it.
  unique (person_id, issuer)
);

-- Who went to a provider and is expected back: ten minutes, once, in the same browser. Hashes only; what was sent along follows from the
-- browser's own secret.
create table oidc_request (
  state_hash bytea primary key,
  browser_hash bytea not null,
  provider text not null,
  expires_at timestamptz not null
);
create index on oidc_request (expires_at);

-- Lays a request down, and clears away those that nobody came back for.
create function app.begin_oidc(p_state_hash bytea, p_browser_hash bytea, p_provider text)
returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from oidc_request r where r.expires_at <= app.now();
  insert into oidc_request (state_hash, browser_hash, provider, expires_at)
  values (p_state_hash, p_browser_hash, p_provider, app.now() + interval '10 minutes');
end $$;

-- Takes a request away: there is no second answer to it. False for one that is spent, too old, another provider's or another browser's; the
-- last two take nothing from whoever it belongs to.
create function app.take_oidc(p_state_hash bytea, p_browser_hash bytea, p_provider text)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare expires timestamptz;
begin
  delete from oidc_request r where r.state_hash = p_state_hash and r.browser_hash = p_browser_hash and r.provider = p_provider
  returning r.expires_at into expires;
  return coalesce(expires > app.now(), false);
end $$;

-- A session for whoever has this account at the provider; the first time for whoever has this address, if no other account of the provider
-- is theirs. The session that this browser had before ends. False when it is nobody.
create function app.sign_in_oidc(p_issuer text, p_subject text, p_email text, p_session uuid, p_session_hash bytea, p_device text, p_before bytea)
returns boolean language plpgsql security definer set search_path = pg_catalog, public as $$
declare who uuid;
begin
  insert into oidc_identity (issuer, subject, person_id, created_at, last_used_at)
  select p_issuer, p_subject, p.id, app.now(), app.now() from person p where p.email = lower(p_email)
  on conflict do nothing;
  update oidc_identity i set last_used_at = app.now() where i.issuer = p_issuer and i.subject = p_subject returning i.person_id into who;
  if who is null then return false; end if;
  update session s set revoked_at = app.now() where s.token_hash = p_before and s.revoked_at is null;
  perform app.open_session(p_session, p_session_hash, who, p_device, 'oidc', true);
  return true;
end $$;

-- An account at a provider is a strong way in as well.
create or replace function app.has_strong_way(p_person uuid) returns boolean language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return exists (select from passkey where person_id = p_person) or exists (select from oidc_identity where person_id = p_person);
end $$;

call app.protect('oidc_identity');
call app.protect('oidc_request');
revoke execute on function app.begin_oidc(bytea, bytea, text), app.take_oidc(bytea, bytea, text),
  app.sign_in_oidc(text, text, text, uuid, bytea, text, bytea) from public;
grant execute on function app.begin_oidc(bytea, bytea, text), app.take_oidc(bytea, bytea, text),
  app.sign_in_oidc(text, text, text, uuid, bytea, text, bytea) to terrein_app;
grant select on oidc_identity to terrein_app;
create policy seen on oidc_identity for select to terrein_app using (person_id = (select app.person()));
-- The operator lets somebody's account at a provider go, so that another may take its place.
grant select, delete on oidc_identity to terrein_worker;
create policy operated on oidc_identity for select to terrein_worker using ((select app.system()) = 'operator');
create policy let_go on oidc_identity for delete to terrein_worker using ((select app.system()) = 'operator');
