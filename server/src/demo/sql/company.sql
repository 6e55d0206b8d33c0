insert into company (id, terrain_id, address_id, name, kvk_number, establishment_number, sbi_code, sbi_version, street, house_number,
                     house_letter, postcode, city, employees, sole_trader, source, source_id, source_on, licence, geom)
select r.id, r.terrain_id, r.address_id, r.name, r.kvk_number, r.establishment_number, r.sbi_code, '2008', r.street, r.house_number,
       r.house_letter, r.postcode, r.city, r.employees, r.sole_trader,
       'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, address_id uuid, name text, kvk_number text, establishment_number text,
     sbi_code text, street text, house_number integer, house_letter text, postcode text, city text, employees integer, sole_trader boolean,
     source_id text, wkt text)
on conflict do nothing
