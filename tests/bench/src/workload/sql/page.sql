-- A terrain with 200 plots, 120 companies, 100 things and 60 issues, among twenty others of its size; a member who may see all of it.
insert into organisation (id, kind, name)
select ('a0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'company', 'Bedrijf ' || n from generate_series(0, 4) n;
insert into person (id, email, name)
select ('b0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'lid' || n || '@bench.example', 'Lid ' || n from generate_series(0, 4) n;
insert into terrain (id, name, locality, start_year, audience, geom)
select ('c0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Terrein ' || n, 'Havendorp', 1970, 'public',
  ST_Multi(ST_MakeEnvelope(5.2 + n * 0.02, 52.1, 5.213 + n * 0.02, 52.105, 4326))
from generate_series(0, 20) n;
insert into membership (id, person_id, organisation_id, terrain_id, role)
select ('d0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ('b0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
  ('a0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'c0000000-0000-7000-8000-000000000000', 'entrepreneur'
from generate_series(0, 4) n;
insert into plot (id, terrain_id, cadastral_municipality, section, number, registered_m2, audience, source, source_id, source_on, licence, geom)
select ('e0000000-0000-7000-8000-' || lpad((t * 1000 + n)::text, 12, '0'))::uuid, ('c0000000-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid,
  'HVD00', 'C', (t * 1000 + n)::text, 900 + n, 'public', 'brk', 'p' || (t * 1000 + n), date '2026-01-31', 'CC BY 4.0',
  ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(5.2 + t * 0.02 + (n % 20) * 0.0006, 52.1 + (n / 20) * 0.0004), 4326), 0.00018, 'quad_segs=2'))
from generate_series(0, 20) t, generate_series(0, 199) n;
insert into company (id, terrain_id, organisation_id, name, kvk_number, sbi_code, sbi_version, street, house_number, postcode, city, employees, source, source_id, geom)
select ('f0000000-0000-7000-8000-' || lpad((t * 1000 + n)::text, 12, '0'))::uuid, ('c0000000-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid,
  case when t = 0 and n < 5 then ('a0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid end,
  'Bedrijf ' || n || ' van ' || t, lpad((t * 1000 + n)::text, 8, '9'), '2511', '2008', 'Havenweg', n + 1, '1234AB', 'Havendorp', n % 90, 'companies', 'c' || (t * 1000 + n),
  ST_SetSRID(ST_MakePoint(5.2 + t * 0.02 + (n % 20) * 0.0006, 52.1 + (n / 20) * 0.0006), 4326)
from generate_series(0, 20) t, generate_series(0, 119) n;
insert into infrastructure (id, terrain_id, kind, name, owner, condition, audience, source, source_id, geom)
select ('e1000000-0000-7000-8000-' || lpad((t * 1000 + n)::text, 12, '0'))::uuid, ('c0000000-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid,
  (array['lamp', 'cable', 'station', 'tree', 'camera'])[1 + n % 5], 'Ding ' || n, 'Gemeente', 'good', 'public', 'infrastructure', 'i' || (t * 1000 + n),
  case when n % 5 = 1
    then ST_SetSRID(ST_MakeLine(array[ST_MakePoint(5.2 + t * 0.02, 52.1 + n * 0.00004), ST_MakePoint(5.205 + t * 0.02, 52.1002 + n * 0.00004), ST_MakePoint(5.212 + t * 0.02, 52.1 + n * 0.00004)]), 4326)
    else ST_SetSRID(ST_MakePoint(5.2 + t * 0.02 + n * 0.00012, 52.1 + n * 0.00004), 4326) end
from generate_series(0, 20) t, generate_series(0, 99) n;
insert into issue (id, terrain_id, kind, theme, title, description, audience, author_id, organisation_id, place_label, reporter_role, reported_at, geom)
select ('e2000000-0000-7000-8000-' || lpad((t * 1000 + n)::text, 12, '0'))::uuid, ('c0000000-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid,
  (array['problem', 'opportunity', 'challenge'])[1 + n % 3], (array['energy', 'climate', 'mobility', 'safety'])[1 + n % 4], 'Melding ' || n,
  'Hier is iets aan de hand dat meer bedrijven raakt; melding ' || n || '.', case when n % 3 = 0 then 'public' else 'terrain' end,
  ('b0000000-0000-7000-8000-' || lpad((n % 5)::text, 12, '0'))::uuid, ('a0000000-0000-7000-8000-' || lpad((n % 5)::text, 12, '0'))::uuid,
  'Havenweg ' || n, 'entrepreneur', timestamptz '2026-03-01 08:00+00' + n * interval '1 hour',
  ST_SetSRID(ST_MakePoint(5.2 + t * 0.02 + n * 0.0002, 52.1 + n * 0.00006), 4326)
from generate_series(0, 20) t, generate_series(0, 59) n;
