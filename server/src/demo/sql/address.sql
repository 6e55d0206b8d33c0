insert into address (id, terrain_id, building_id, bag_id, bag_object_id, bag_building_id, street, house_number, house_letter, postcode, city,
                     uses, audience, source, source_id, source_on, licence, geom)
select r.id, r.terrain_id, r.building_id, r.bag_id, r.bag_object_id, r.bag_building_id, r.street, r.house_number, r.house_letter, r.postcode,
       r.city, r.uses, r.audience, 'demo', r.source_id, date '2026-09-01', 'CC0-1.0', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, building_id uuid, bag_id text, bag_object_id text, bag_building_id text,
     street text, house_number integer, house_letter text, postcode text, city text, uses text[], audience text, source_id text, wkt text)
on conflict do nothing
