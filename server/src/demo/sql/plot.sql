insert into plot (id, terrain_id, cadastral_municipality, section, number, registered_m2, valid_from, audience,
                  source, source_id, source_on, licence, geom)
select r.id, r.terrain_id, r.cadastral_municipality, r.section, r.number, r.registered_m2, date '1998-01-01', r.audience,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, cadastral_municipality text, section text, number text, registered_m2 float8,
     audience text, source_id text, wkt text)
on conflict do nothing
