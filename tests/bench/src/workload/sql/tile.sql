-- 350 parcels of some twenty points in the z14 tile 8427/5407, among 30,000 elsewhere.
insert into person (id, email, name) values ('b0000000-0000-7000-8000-000000000000', 'lid0@bench.example', 'Lid');
insert into organisation (id, kind, name) values ('a0000000-0000-7000-8000-000000000000', 'company', 'Bedrijf');
insert into terrain (id, name, audience, geom)
select ('c0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Terrein ' || n, 'public', ST_Multi(ST_MakeEnvelope(4.5 + n * 0.02, 52.5, 4.51 + n * 0.02, 52.51, 4326))
from generate_series(0, 30) n;
insert into membership (id, person_id, organisation_id, terrain_id, role)
values ('d0000000-0000-7000-8000-000000000000', 'b0000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000000', 'c0000000-0000-7000-8000-000000000000', 'entrepreneur');
insert into plot (id, terrain_id, cadastral_municipality, section, number, audience, geom)
select ('e0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'c0000000-0000-7000-8000-000000000000', 'HVD00', 'C', n::text,
  case when n % 2 = 0 then 'public' else 'terrain' end,
  ST_Multi(ST_Transform(ST_Buffer(ST_SetSRID(ST_MakePoint(ST_XMin(tile) + 60 + (n % 20) * 118, ST_YMin(tile) + 70 + (n / 20) * 130), 3857), 55, 'quad_segs=5'), 4326))
from generate_series(0, 349) n, (select ST_TileEnvelope(14, 8427, 5407) as tile) t;
insert into plot (id, terrain_id, cadastral_municipality, section, number, audience, geom)
select ('e0000000-0000-7000-8000-' || lpad((100000 + t * 1000 + n)::text, 12, '0'))::uuid, ('c0000000-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid, 'HVD00', 'D', (t * 1000 + n)::text, 'public',
  ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(4.5 + t * 0.02 + (n % 40) * 0.0003, 52.5 + (n / 40) * 0.0003), 4326), 0.0001, 'quad_segs=2'))
from generate_series(1, 30) t, generate_series(0, 999) n;
