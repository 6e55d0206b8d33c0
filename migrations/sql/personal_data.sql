-- What the database holds about a person: one list, by which it is given to them and taken away. A test walks every foreign key to
-- `person` and fails for one that is not in the list.

alter table person add erased_at timestamptz;

-- part: its name in the export. whose: the column that says whose it is. sorted: the order it is given in. hidden: what is never given:
-- secrets' hashes, what other people are called, what is worked out from the rest. goes: whether the rows go when the person does;
-- otherwise they stay, of nobody who can be named.
create function app.personal_parts() returns table (part text, held_in text, whose text, sorted text, hidden text[], goes boolean)
language plpgsql immutable set search_path = pg_catalog as $$
declare shape text[] := '{geom_rd,geom_web,cell,search,changed_xid,changed_seq}';
begin
  return query values
    ('person', 'person', 'id', 'id', '{scope}'::text[], false),
    ('roles', 'membership', 'person_id', 'id', '{}', false),
    ('sessions', 'session', 'person_id', 'id', '{token_hash}', true),
    ('signInLinks', 'sign_in_link', 'person_id', 'id', '{token_hash,code_hash,browser_hash}', true),
    ('passkeys', 'passkey', 'person_id', 'id', '{credential_id,credential}', true),
    ('accountsElsewhere', 'oidc_identity', 'person_id', 'issuer', '{}', true),
    ('accessTokens', 'access_token', 'person_id', 'id', '{token_hash}', true),
    ('invitationsMade', 'invitation', 'inviter_id', 'id', '{token_hash,email,name}', false),
    ('invitationsAccepted', 'invitation', 'accepted_by', 'id', '{token_hash}', false),
    ('issues', 'issue', 'author_id', 'id', shape, false),
    ('supports', 'support', 'person_id', 'id', shape, false),
    ('comments', 'issue_comment', 'author_id', 'id', shape, false),
    ('history', 'issue_event', 'actor_id', 'id', '{}', false),
    ('commands', 'command_log', 'person_id', 'command_id', '{content_hash}', true),
    ('pseudonym', 'audit_subject', 'person_id', 'person_id', '{}', true);
end $$;

-- A page of one part of what is held about the caller, in its order; `auditLog` is what they did, and `companies` the record of a business
-- that is theirs alone.
create function app.personal_data(p_part text, p_after text, p_most integer) returns table (key text, data text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.account();
  held record;
begin
  if me is null then raise insufficient_privilege using message = 'nobody is signed in'; end if;
  if p_part = 'auditLog' then
    return query select lpad(e.seq::text, 19, '0'), (to_jsonb(e) - '{organisations,actor_organisation_id}'::text[])::text from audit_event e
      where e.actor = (select s.pseudonym from audit_subject s where s.person_id = me) and e.seq > coalesce(p_after, '0')::bigint
      order by e.seq limit p_most;
    return;
  end if;
  if p_part = 'companies' then
    return query select c.id::text, (to_jsonb(c) - '{geom_rd,geom_web,cell,search,changed_xid,changed_seq}'::text[])::text from company c
      where c.id = any (app.own_companies(me)) and (p_after is null or c.id > p_after::uuid) order by c.id limit p_most;
    return;
  end if;
  select * into strict held from app.personal_parts() p where p.part = p_part;
  return query execute format(
    'select t.%1$I::text, (to_jsonb(t) - $4)::text from %2$I t
     where t.%3$I = $1 and ($2::text is null or (t.%1$I::text collate "C") > $2) order by t.%1$I::text collate "C" limit $3',
    held.sorted, held.held_in, held.whose) using me, p_after, p_most, held.hidden;
end $$;

-- A sole trader's record is the person's, when nobody else is in the organisation.
create function app.own_companies(p_person uuid) returns uuid[] language plpgsql stable set search_path = pg_catalog, public as $$
begin
  return coalesce((select array_agg(c.id) from company c
    where c.sole_trader and exists (select from membership m where m.organisation_id = c.organisation_id and m.person_id = p_person)
      and not exists (select from membership m where m.organisation_id = c.organisation_id and m.person_id <> p_person)), '{}');
end $$;

-- Erases the caller. What they made for others stays, of nobody who can be named; what was theirs alone goes. Answers the terrains of which
-- nobody else is aanjager: then nothing happened, and they hand over first.
create function app.erase_me() returns uuid[] language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.account();
  moment timestamptz := app.now();
  who person%rowtype;
  place uuid;
  orphaned uuid[] := '{}';
  theirs uuid[];
  mine uuid[];
  gone_word text;
  held record;
begin
  if me is null then raise insufficient_privilege using message = 'nobody is signed in'; end if;
  for place in select distinct m.terrain_id from membership m where m.person_id = me and m.role = 'aanjager' and m.terrain_id is not null
      and m.valid_from <= moment and (m.valid_until is null or m.valid_until > moment) order by 1 loop
    -- As when a role is withdrawn: two who leave at once wait for one another.
    perform pg_advisory_xact_lock(hashtext('aanjager'), hashtext(place::text));
    if not exists (select from membership o where o.terrain_id = place and o.role = 'aanjager' and o.person_id <> me
                     and o.valid_from <= moment and (o.valid_until is null or o.valid_until > moment)) then
      orphaned := orphaned || place;
    end if;
  end loop;
  if cardinality(orphaned) > 0 then return orphaned; end if;

  select * into strict who from person p where p.id = me;
  gone_word := case who.language when 'en' then 'Removed' else 'Verwijderd' end;
  -- A pin for oneself alone is nobody's when its maker is gone. Of the others, where the maker stood is the maker's.
  mine := array(select i.id from issue i where i.author_id = me and i.audience = 'me');
  delete from issue_event e where e.issue_id = any (mine);
  delete from issue_comment c where c.issue_id = any (mine);
  delete from support s where s.issue_id = any (mine);
  delete from issue_party p where p.issue_id = any (mine);
  delete from issue i where i.id = any (mine);
  update issue i set device_geom = null, device_accuracy_m = null, device_heading_deg = null, device_at = null
  where i.author_id = me and num_nonnulls(i.device_geom, i.device_accuracy_m, i.device_heading_deg, i.device_at) > 0;
  -- The record of their own business. An establishment's number at the source stays: by it an import knows that the record was removed, and
  -- leaves it so. Other keys hold a name or an address, and go.
  theirs := app.own_companies(me);
  update organisation o set name = gone_word where o.id in (select c.organisation_id from company c where c.id = any (theirs));
  update occupancy o set deleted_at = moment, version = o.version + 1 where o.company_id = any (theirs) and o.deleted_at is null;
  update company c set name = gone_word, kvk_number = null, establishment_number = null, street = null, house_number = null,
    house_letter = null, addition = null, postcode = null, city = null, employees = null, geom = null, address_id = null,
    source_id = case when c.source_id ~ '^[0-9]{12}$' then c.source_id else encode(sha256(convert_to(c.source_id, 'UTF8')), 'hex') end,
    address_shielded = true, no_mailing = true, deleted_at = moment, version = c.version + 1
  where c.id = any (theirs);
  -- Roles end, in open pages and sockets too: the update of a session tells every node.
  update membership m set valid_until = moment where m.person_id = me and (m.valid_until is null or m.valid_until > moment);
  update session s set revoked_at = moment where s.person_id = me and s.revoked_at is null;
  delete from invitation i where i.email = who.email and i.accepted_at is null;
  update invitation i set email = 'erased@erased.invalid', name = null where i.email = who.email;
  update invitation i set message = null where i.inviter_id = me;
  delete from sign_in_link l where l.email = who.email;
  for held in select * from app.personal_parts() p where p.goes loop
    execute format('delete from %I t where t.%I = $1', held.held_in, held.whose) using me;
  end loop;
  update person p set name = gone_word, email = 'erased-' || gen_random_uuid() || '@erased.invalid', erased_at = moment where p.id = me;
  return orphaned;
end $$;

revoke execute on function app.personal_parts(), app.personal_data(text, text, integer), app.own_companies(uuid), app.erase_me() from public;
grant execute on function app.personal_parts(), app.personal_data(text, text, integer), app.erase_me() to terrein_app;
