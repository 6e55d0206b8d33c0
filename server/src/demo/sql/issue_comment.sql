insert into issue_comment (id, issue_id, terrain_id, author_id, organisation_id, author_role, text, written_at)
select r.id, r.issue_id, r.terrain_id, r.author_id, r.organisation_id, r.author_role, r.text,
       r.written_at::timestamp at time zone 'Europe/Amsterdam'
from jsonb_to_recordset($1) as r (id uuid, issue_id uuid, terrain_id uuid, author_id uuid, organisation_id uuid, author_role text,
     text text, written_at text)
on conflict do nothing
