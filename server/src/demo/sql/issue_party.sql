insert into issue_party (issue_id, company_id, terrain_id)
select r.issue_id, r.company_id, r.terrain_id from jsonb_to_recordset($1) as r (issue_id uuid, company_id uuid, terrain_id uuid)
on conflict do nothing
