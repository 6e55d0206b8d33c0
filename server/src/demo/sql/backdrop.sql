insert into backdrop (id, kind, name, level, width_m, rank, source, source_id, source_on, licence, geom)
select r.id, r.kind, r.name, r.level, r.width_m, r.rank,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, kind text, name text, level integer, width_m float8, rank integer, source_id text, wkt text)
on conflict do nothing
