insert into terrain (id, name, ibis_number, locality, gross_m2, net_m2, start_year, audience, source, source_id, source_on, licence, geom)
select r.id, r.name, r.ibis_number, r.locality, r.gross_m2, r.net_m2, r.start_year, r.audience,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, name text, ibis_number text, locality text, gross_m2 float8, net_m2 float8, start_year integer,
     audience text, source_id text, wkt text)
on conflict do nothing
