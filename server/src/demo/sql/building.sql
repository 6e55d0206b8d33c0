insert into building (id, terrain_id, plot_id, bag_id, year, status, uses, details, audience, source, source_id, source_on, licence, geom)
select r.id, r.terrain_id, r.plot_id, r.bag_id, r.year, r.status, r.uses, r.details, r.audience,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, plot_id uuid, bag_id text, year integer, status text, uses text[], details jsonb,
     audience text, source_id text, wkt text)
on conflict do nothing
