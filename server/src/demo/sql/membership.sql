insert into membership (id, person_id, organisation_id, terrain_id, role, valid_from)
select r.id, p.id, r.organisation_id, r.terrain_id, r.role, timestamptz '2026-01-05 08:00+00'
from jsonb_to_recordset($1) as r (id uuid, email text, organisation_id uuid, terrain_id uuid, role text) join person p on p.email = r.email
on conflict do nothing
