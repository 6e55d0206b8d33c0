insert into observation (id, terrain_id, company_id, plot_id, building_id, infrastructure_id, question, answer, seen_at, author_id,
  organisation_id, author_role, created_at)
select r.id, r.terrain_id, r.company_id, r.plot_id, r.building_id, r.infrastructure_id, r.question, r.answer,
       r.seen_at::timestamp at time zone 'Europe/Amsterdam', r.author_id, r.organisation_id, r.author_role,
       (r.seen_at::timestamp + interval '1 minute') at time zone 'Europe/Amsterdam'
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, company_id uuid, plot_id uuid, building_id uuid, infrastructure_id uuid,
     question text, answer text, seen_at text, author_id uuid, organisation_id uuid, author_role text)
on conflict do nothing
