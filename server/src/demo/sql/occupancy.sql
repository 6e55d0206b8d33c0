insert into occupancy (id, terrain_id, company_id, plot_id, building_id, kind, from_on, linked_by)
select r.id, r.terrain_id, r.company_id, r.plot_id, r.building_id, r.kind, date '2020-01-01', 'import'
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, company_id uuid, plot_id uuid, building_id uuid, kind text)
on conflict do nothing
