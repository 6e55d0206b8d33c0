-- Photos and voice notes: what came in, in parts; what was made of it; and what the program has yet to do with it. The bytes are in a store of
-- their own (a folder, or S3); here is whose they are, who sees them, and under which names they lie there.

create table upload (
  id uuid primary key,                           -- of the photo or voice note it becomes, minted by the phone
  turn uuid not null default gen_random_uuid(),  -- part of its names in the store: one that begins anew has others than what is still to be wiped
  person_id uuid not null references person,
  author_role text not null,
  kind text not null check (kind in ('photo', 'voice-note')),
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  length bigint not null check (length > 0),
  received bigint not null default 0 check (received between 0 and length),
  parts text[] not null default '{}',            -- names in the store, in their order
  type text not null check (length(type) <= 60),
  metadata text not null check (length(metadata) <= 4000),   -- as it was sent, which a client may ask back
  taken_at timestamptz,                          -- what the phone says
  alt text check (length(alt) between 1 and 500),
  duration_ms integer check (duration_ms between 0 and 600000),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,                          -- taken back before it was whole
  done_at timestamptz
);
create index on upload (person_id) where done_at is null and ended_at is null;
create index on upload (issue_id);
create index on upload (expires_at);

create table photo (
  id uuid primary key,
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,
  state text not null default 'received' check (state in ('received', 'ready', 'refused')),
  refusal text check (refusal in ('not_a_photo', 'too_many_pixels', 'malware')),
  width_px integer, height_px integer,
  alt text check (length(alt) between 1 and 500),
  taken_at timestamptz,
  created_at timestamptz not null,
  check_no integer not null default 0,           -- how often the team looked it over for others
  blur jsonb not null default '[]',              -- areas the last check wants out of sight: x, y, width, height as fractions
  shown_no integer not null default 0,           -- of which check the others' copy is
  version integer not null default 1, deleted_at timestamptz,
  check ((state = 'refused') = (refusal is not null))
);
call app.feed('photo');
create index on photo (issue_id, created_at, id);
create index on photo (author_id);

-- What can be fetched of a photo. `team`: as it was taken, upright and without what the camera wrote in it; `shown`: with the areas of check
-- `check_no` out of sight.
create table photo_file (
  photo_id uuid not null references photo on delete cascade,
  face text not null check (face in ('team', 'shown')),
  fits_px integer not null check (fits_px in (320, 960, 1600)),   -- longest side at most
  check_no integer not null default 0,
  width_px integer not null, height_px integer not null, bytes integer not null,
  object text not null,
  primary key (photo_id, face, fits_px)
);

create table voice_note (
  id uuid primary key,
  issue_id uuid not null references issue,
  terrain_id uuid not null references terrain,
  author_id uuid not null references person,
  organisation_id uuid not null references organisation,
  author_role text not null,
  state text not null default 'received' check (state in ('received', 'ready', 'refused')),
  refusal text check (refusal in ('not_a_sound', 'malware')),
  type text,                                     -- as its first bytes say
  object text,                                   -- its name in the store; none before it is ready and after the sound was deleted
  bytes integer,
  duration_ms integer check (duration_ms between 0 and 600000),
  transcript text check (length(transcript) <= 8000),
  transcript_state text not null default 'none' check (transcript_state in ('none', 'draft', 'confirmed')),
  taken_at timestamptz,
  created_at timestamptz not null,
  sound_until timestamptz not null,
  version integer not null default 1, deleted_at timestamptz,
  check ((state = 'refused') = (refusal is not null)),
  check ((transcript_state = 'none') = (transcript is null))
);
call app.feed('voice_note');
create index on voice_note (issue_id, created_at, id);
create index on voice_note (author_id);
create index on voice_note (sound_until) where object is not null;

-- What is to be made or to be wiped, by whichever node comes first. `at`: not before; whoever takes a line moves it on, so that one who dies
-- over it does not keep it.
create table app.file_work (
  kind text not null check (kind in ('photo', 'voice-note', 'wipe')),
  target text not null,                          -- an id, or a folder of the store
  at timestamptz not null default now(),
  tries integer not null default 0,
  primary key (kind, target)
);
create index on app.file_work (at);

do $$ declare t text; begin
  foreach t in array array['upload', 'photo', 'photo_file', 'voice_note', 'app.file_work'] loop
    call app.protect(t::regclass);
  end loop;
end $$;

-- An upload is its sender's alone, and waits with the role it was begun under.
grant select, insert, update (received, parts, expires_at, ended_at, done_at) on upload to terrein_app;
create policy own on upload for select to terrein_app using (
  person_id = (select app.person()) and author_role <> all ((select app.waiting_roles())::text[]));
create policy begun on upload for insert to terrein_app with check (
  person_id = (select app.person()) and exists (select from issue i where i.id = issue_id and i.terrain_id = upload.terrain_id));
create policy sent on upload for update to terrein_app using (
  person_id = (select app.person()) and author_role <> all ((select app.waiting_roles())::text[]));

-- A photo is its maker's and their team's, until it was checked and the others' copy is made: then it is seen with its issue. A voice note stays
-- with the team, whoever the issue is for.
grant select, insert, update (alt, check_no, blur, version, deleted_at) on photo to terrein_app;
grant select, insert, update (transcript, transcript_state, version, deleted_at) on voice_note to terrein_app;
grant select on photo_file to terrein_app;
do $$
declare
  t text;
  team text := $rule$((author_id = (select app.person()) and author_role <> all ((select app.waiting_roles())::text[]))
    or (organisation_id = any ((select app.my_organisations())::uuid[]) and terrain_id = any ((select app.my_terrains())::uuid[])))$rule$;
  seen text := $rule$exists (select from issue i where i.id = issue_id and i.deleted_at is null)$rule$;
begin
  execute format('create policy seen on photo for select to terrein_app using (%s and ((shown_no > 0 and shown_no = check_no) or %s))', seen, team);
  execute format('create policy seen on voice_note for select to terrein_app using (%s and %s)', seen, team);
  foreach t in array array['photo', 'voice_note'] loop
    execute format('create policy changed on %I for update to terrein_app using %s', t, team);
    -- To an issue one may edit.
    execute format($rule$create policy added on %1$I for insert to terrein_app with check (
      author_id = (select app.person()) and organisation_id = any ((select app.my_organisations())::uuid[])
      and exists (select from issue i where i.id = %1$I.issue_id and i.terrain_id = %1$I.terrain_id and (
        i.author_id = (select app.person())
        or (i.audience <> 'me' and i.organisation_id = any ((select app.my_organisations())::uuid[]) and i.terrain_id = any ((select app.my_terrains())::uuid[]))
        or (i.audience not in ('me', 'team') and i.terrain_id = any ((select app.my_terrains_as('{aanjager}'))::uuid[])))))$rule$, t);
  end loop;
  execute 'create policy seen on photo_file for select to terrein_app using (exists (select from photo p where p.id = photo_id and p.deleted_at is null
    and ((face = ''shown'' and photo_file.check_no = p.check_no) or ' || replace(replace(replace(team, 'author_', 'p.author_'), 'organisation_id', 'p.organisation_id'), 'terrain_id', 'p.terrain_id') || ')))';
end $$;

-- How many photos or voice notes an issue has, on their way ones too: a limit holds for all together, whoever sees them.
create function app.files_of(p_issue uuid, p_kind text) returns bigint language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return (select count(*) from upload u where u.issue_id = p_issue and u.kind = p_kind and u.done_at is null and u.ended_at is null and u.expires_at > app.now())
    + case p_kind when 'photo' then (select count(*) from photo p where p.issue_id = p_issue and p.deleted_at is null and p.state <> 'refused')
        else (select count(*) from voice_note v where v.issue_id = p_issue and v.deleted_at is null and v.state <> 'refused') end;
end $$;

-- What came in is looked at; so is a photo of which others are to see something else.
create function app.work_on_file() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into app.file_work as w (kind, target) values (replace(tg_table_name, '_', '-'), new.id::text)
  on conflict (kind, target) do update set at = now(), tries = w.tries + 1;
  return null;
end $$;
create trigger work_on_file after insert on photo for each row execute function app.work_on_file();
create trigger work_on_file after insert on voice_note for each row execute function app.work_on_file();
create trigger work_again after update of check_no on photo for each row when (old.check_no is distinct from new.check_no) execute function app.work_on_file();

-- What is removed leaves the store. A row that goes whole (its maker is erased) is taken off devices by `gone`.
create function app.wipe_file() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare word text := replace(tg_table_name, '_', '-');
begin
  if word = 'upload' then
    insert into app.file_work (kind, target) values ('wipe', 'upload/' || old.id || '/' || (to_jsonb(old) ->> 'turn')) on conflict do nothing;
    return null;
  end if;
  insert into app.file_work (kind, target) values ('wipe', word || '/' || old.id), ('wipe', 'upload/' || old.id) on conflict do nothing;
  if tg_op = 'DELETE' then
    insert into gone (terrain_id, kind, subject_id, audience, organisation_id, author_id)
    select old.terrain_id, word, old.id, i.audience, i.organisation_id, i.author_id from issue i where i.id = old.issue_id;
  end if;
  return null;
end $$;
do $$ declare t text; begin
  foreach t in array array['photo', 'voice_note'] loop
    execute format('create trigger wipe_removed after update of deleted_at on %I for each row when (old.deleted_at is null and new.deleted_at is not null) execute function app.wipe_file()', t);
  end loop;
  foreach t in array array['photo', 'voice_note', 'upload'] loop
    execute format('create trigger wipe_gone after delete on %I for each row execute function app.wipe_file()', t);
  end loop;
end $$;
create trigger wipe_ended after update of ended_at on upload for each row when (old.ended_at is null and new.ended_at is not null) execute function app.wipe_file();

-- With its issue.
create function app.withdraw_files() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update photo p set deleted_at = new.deleted_at, version = p.version + 1 where p.issue_id = new.id and p.deleted_at is null;
  update voice_note v set deleted_at = new.deleted_at, version = v.version + 1 where v.issue_id = new.id and v.deleted_at is null;
  update upload u set ended_at = new.deleted_at where u.issue_id = new.id and u.ended_at is null and u.done_at is null;
  return null;
end $$;
create trigger withdraw_files after update of deleted_at on issue for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function app.withdraw_files();
create function app.forget_files_of() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from photo p where p.issue_id = old.id;
  delete from voice_note v where v.issue_id = old.id;
  delete from upload u where u.issue_id = old.id;
  return old;
end $$;
create trigger forget_files_of before delete on issue for each row execute function app.forget_files_of();
-- Whoever comes to see an issue gets its photos: their place in the feed is renewed.
create function app.bring_photos() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update photo p set version = p.version where p.issue_id = new.id;
  return null;
end $$;
create trigger bring_photos after update of audience on issue for each row
  when (old.audience is distinct from new.audience) execute function app.bring_photos();

-- What follows is for the program's own work, as terrein_jobs.
create function app.take_file_work(p_lease interval) returns table (kind text, target text, tries integer)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  return query update app.file_work w set at = now() + p_lease, tries = w.tries + 1
    where (w.kind, w.target) = (select n.kind, n.target from app.file_work n where n.at <= now() order by n.at limit 1 for update skip locked)
    returning w.kind, w.target, w.tries;
end $$;
-- Only of the turn that did it: what was asked again meanwhile stays.
create function app.end_file_work(p_kind text, p_target text, p_tries integer) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from app.file_work w where w.kind = p_kind and w.target = p_target and w.tries = p_tries;
end $$;
create function app.put_off_file_work(p_kind text, p_target text, p_pause interval) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update app.file_work w set at = now() + p_pause where w.kind = p_kind and w.target = p_target;
end $$;

create function app.file_to_make(p_kind text, p_id uuid) returns table (state text, parts text[], check_no integer, shown_no integer, blur jsonb, object text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  if p_kind = 'photo' then
    return query select p.state, coalesce(u.parts, '{}'), p.check_no, p.shown_no, p.blur,
        (select f.object from photo_file f where f.photo_id = p.id and f.face = 'team' order by f.fits_px desc limit 1) from photo p left join upload u on u.id = p.id where p.id = p_id and p.deleted_at is null;
  else
    return query select v.state, coalesce(u.parts, '{}'), 0, 0, '[]'::jsonb, case when v.transcript_state = 'none' then v.object end
      from voice_note v left join upload u on u.id = v.id where v.id = p_id and v.deleted_at is null;
  end if;
end $$;

-- `p_files`: objects with fits_px, width_px, height_px, bytes, object; the largest last.
create function app.photo_made(p_id uuid, p_face text, p_check integer, p_files jsonb) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  -- The row first: one that is removed meanwhile is left alone, and what was made of it wiped again.
  perform from photo p where p.id = p_id and p.deleted_at is null for update;
  if not found then
    insert into app.file_work (kind, target) values ('wipe', 'photo/' || p_id) on conflict do nothing;
    return;
  end if;
  delete from photo_file f where f.photo_id = p_id and f.face = p_face;
  insert into photo_file (photo_id, face, fits_px, check_no, width_px, height_px, bytes, object)
  select p_id, p_face, f.fits_px, p_check, f.width_px, f.height_px, f.bytes, f.object
  from jsonb_to_recordset(p_files) f (fits_px integer, width_px integer, height_px integer, bytes integer, object text);
  if p_face = 'team' then
    update photo p set state = 'ready', width_px = (p_files -> -1 ->> 'width_px')::integer, height_px = (p_files -> -1 ->> 'height_px')::integer,
      version = p.version + 1 where p.id = p_id;
    insert into app.file_work (kind, target) values ('wipe', 'upload/' || p_id) on conflict do nothing;
    update upload u set parts = '{}' where u.id = p_id;
  else
    insert into app.file_work (kind, target) select 'wipe', 'photo/' || p_id || '/shown-' || p.shown_no from photo p where p.id = p_id and p.shown_no > 0
      and p.shown_no <> p_check on conflict do nothing;
    update photo p set shown_no = p_check, version = p.version + 1 where p.id = p_id;
  end if;
end $$;
create function app.sound_made(p_id uuid, p_type text, p_bytes integer, p_object text) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update voice_note v set state = 'ready', type = p_type, bytes = p_bytes, object = p_object, version = v.version + 1
  where v.id = p_id and v.deleted_at is null;
  insert into app.file_work (kind, target) values ('wipe', case when found then 'upload/' else 'voice-note/' end || p_id) on conflict do nothing;
  update upload u set parts = '{}' where u.id = p_id;
end $$;
create function app.sound_heard(p_id uuid, p_transcript text) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update voice_note v set transcript = p_transcript, transcript_state = 'draft', version = v.version + 1
  where v.id = p_id and v.transcript_state = 'none' and v.deleted_at is null;
end $$;
create function app.file_refused(p_kind text, p_id uuid, p_refusal text) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if p_kind = 'photo' then
    update photo p set state = 'refused', refusal = p_refusal, version = p.version + 1 where p.id = p_id and p.state = 'received';
  else
    update voice_note v set state = 'refused', refusal = p_refusal, version = v.version + 1 where v.id = p_id and v.state = 'received';
  end if;
  insert into app.file_work (kind, target) values ('wipe', 'upload/' || p_id) on conflict do nothing;
  update upload u set parts = '{}' where u.id = p_id;
end $$;
-- Sound past its day; uploads that stopped; and of those that are done, that they were, for as long as the answer to a command is kept.
create function app.forget_files() returns bigint language plpgsql security definer set search_path = pg_catalog, public as $$
declare sounds bigint; uploads bigint;
begin
  with past as (
    update voice_note v set object = null, version = v.version + 1 where v.object is not null and v.sound_until <= app.now() returning v.id)
  insert into app.file_work (kind, target) select 'wipe', 'voice-note/' || id from past on conflict do nothing;
  get diagnostics sounds = row_count;
  delete from upload u where (u.done_at is null and u.expires_at <= app.now()) or u.done_at < app.now() - interval '60 days';
  get diagnostics uploads = row_count;
  return sounds + uploads;
end $$;

revoke execute on function app.files_of(uuid, text), app.work_on_file(), app.wipe_file(), app.withdraw_files(), app.forget_files_of(), app.bring_photos(),
  app.take_file_work(interval), app.end_file_work(text, text, integer), app.put_off_file_work(text, text, interval), app.file_to_make(text, uuid),
  app.photo_made(uuid, text, integer, jsonb), app.sound_made(uuid, text, integer, text), app.sound_heard(uuid, text), app.file_refused(text, uuid, text), app.forget_files() from public;
grant execute on function app.files_of(uuid, text) to terrein_app;
grant execute on function app.take_file_work(interval), app.end_file_work(text, text, integer), app.put_off_file_work(text, text, interval),
  app.file_to_make(text, uuid), app.photo_made(uuid, text, integer, jsonb), app.sound_made(uuid, text, integer, text), app.sound_heard(uuid, text),
  app.file_refused(text, uuid, text), app.forget_files() to terrein_jobs;

-- Whose they are in the audit log; what is held about a person, and that their photos and their voice go with them.
create procedure app.told(what regprocedure, after text, more text) language plpgsql as $$
declare said text := pg_get_functiondef(what);
begin
  if strpos(said, after) = 0 then raise exception '% has no %', what, after; end if;
  execute replace(said, after, more || after);
end $$;
call app.told('app.audit_owner(text,uuid)', $a$    when 'support' then$a$, $a$    when 'photo' then
      select p.organisation_id, i.audience = 'me' into organisation_id, private from photo p join issue i on i.id = p.issue_id where p.id = p_id;
    when 'voice-note' then
      select v.organisation_id, i.audience = 'me' into organisation_id, private from voice_note v join issue i on i.id = v.issue_id where v.id = p_id;
$a$);
call app.told('app.personal_parts()', $a$    ('commands', 'command_log',$a$, $a$    ('photos', 'photo', 'author_id', 'id', shape, true),
    ('voiceNotes', 'voice_note', 'author_id', 'id', shape || '{object}'::text[], true),
    ('uploads', 'upload', 'person_id', 'id', '{parts}', true),
$a$);
drop procedure app.told(regprocedure, text, text);
