insert into infrastructure (id, terrain_id, kind, name, owner, condition, details, audience, source, source_id, source_on, licence, geom)
select r.id, r.terrain_id, r.kind, r.name, r.owner, r.condition, r.details, r.audience,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, kind text, name text, owner text, condition text, details jsonb, audience text,
     source_id text, wkt text)
on conflict do nothing
