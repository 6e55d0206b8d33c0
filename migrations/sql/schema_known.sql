-- Which changes this database has had, for a server that wants to know before it starts.
create function app.changes_made() returns text[] language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
  return (select array_agg(m.version::text order by m.version) from seaql_migrations m);
end $$;
revoke execute on function app.changes_made() from public;
grant execute on function app.changes_made() to terrein_app;
