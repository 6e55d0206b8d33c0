insert into organisation (id, kind, name, municipality_code)
select r.id, r.kind, r.name, r.municipality_code
from jsonb_to_recordset($1) as r (id uuid, kind text, name text, municipality_code text)
on conflict do nothing
