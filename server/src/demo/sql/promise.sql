insert into promise (id, terrain_id, conversation_id, company_id, text, owned_by, due_on, done_at, author_id, organisation_id, author_role, created_at)
select r.id, r.terrain_id, r.conversation_id, r.company_id, r.text, r.owned_by, (app.now() at time zone 'Europe/Amsterdam')::date + r.due_in_days,
       case when r.done then app.now() - interval '1 day' end, r.author_id, r.organisation_id, r.author_role, app.now() - r.days_ago * interval '1 day'
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, conversation_id uuid, company_id uuid, text text, owned_by text, due_in_days integer,
     done boolean, days_ago integer, author_id uuid, organisation_id uuid, author_role text)
on conflict do nothing
