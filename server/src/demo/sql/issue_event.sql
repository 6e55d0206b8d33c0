insert into issue_event (id, issue_id, terrain_id, kind, actor_id, actor_role, details, happened_at)
select r.id, r.issue_id, r.terrain_id, r.kind, r.actor_id, r.actor_role, r.details,
       r.happened_at::timestamp at time zone 'Europe/Amsterdam' + r.days * interval '1 day'
from jsonb_to_recordset($1) as r (id uuid, issue_id uuid, terrain_id uuid, kind text, actor_id uuid, actor_role text, details jsonb,
     happened_at text, days integer)
on conflict do nothing
