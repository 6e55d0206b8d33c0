update company c set organisation_id = r.organisation_id
from jsonb_to_recordset($1) as r (company_id uuid, organisation_id uuid)
where c.id = r.company_id and c.organisation_id is null
