-- What a stranger could read and no longer may: the copy on a device goes when its scope is another (see the feed). A person's scope
-- therefore counts three things that only grow: changes of the person's roles, dates of roles that passed, and times that something
-- public stopped being so.
create table app.narrowing (xid xid8 primary key default pg_current_xact_id(), at timestamptz not null default now());
call app.protect('app.narrowing');

create function app.note_narrowing() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into app.narrowing default values on conflict do nothing;   -- once a transaction, however many rows
  return null;
end $$;
revoke execute on function app.note_narrowing() from public;
do $$ declare t text; begin
  -- An issue leaves by `gone`, which names it; these are too many for that.
  foreach t in array array['terrain','plot','building','address','infrastructure'] loop
    execute format('create trigger note_narrowing after update of audience on %s for each row
      when (old.audience = ''public'' and new.audience <> ''public'') execute function app.note_narrowing()', t);
  end loop;
end $$;

create or replace function app.scope() returns integer language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  me uuid := app.person();
  moment timestamptz := app.now();
begin
  return (select count(*) from app.narrowing)
    + coalesce((select scope from person where id = me), 0)
    + (select count(*) filter (where valid_from <= moment) + count(*) filter (where valid_until <= moment) from membership where person_id = me);
end $$;
