insert into support (id, issue_id, terrain_id, company_id, organisation_id, person_id, willingness, given_at)
select r.id, r.issue_id, r.terrain_id, r.company_id, r.organisation_id, r.person_id, r.willingness,
       (r.reported_at::timestamp + r.hours * interval '1 hour') at time zone 'Europe/Amsterdam'
from jsonb_to_recordset($1) as r (id uuid, issue_id uuid, terrain_id uuid, company_id uuid, organisation_id uuid, person_id uuid,
     willingness text, reported_at text, hours integer)
on conflict do nothing
