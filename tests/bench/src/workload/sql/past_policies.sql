-- The application's role with row security off: it may what `terrein_app` may, and no policy is asked.
do $$ begin
  if not exists (select from pg_roles where rolname = 'bench_past_policies') then
    create role bench_past_policies login bypassrls in role terrein_app;
  end if;
end $$;
