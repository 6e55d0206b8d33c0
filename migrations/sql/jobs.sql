-- The one way in for the application: a job commits or rolls back with its cause. Runs as terrein_jobs, who owns the queue.
create or replace function app.enqueue(task text, payload json, key text default null) returns void
language sql security definer set search_path = pg_catalog as $$
  select graphile_worker.add_job(identifier := task, payload := payload, job_key := key, max_attempts := 12)
$$;
revoke execute on function app.enqueue(text, json, text) from public;
grant execute on function app.enqueue(text, json, text) to terrein_app, terrein_worker;
