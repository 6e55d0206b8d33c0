-- One company per row. What the list does not say of place and terrain stays what linking made of it; --terrain says it for new rows.
select s.source_id, s.name, s.kvk_number, s.establishment_number, s.sbi_code, s.sbi_version, s.street, s.house_number, s.house_letter, s.addition,
  s.postcode, s.city, s.employees, s.sole_trader, s.no_mailing, s.address_shielded,
  coalesce(c.terrain_id, nullif(current_setting('import.terrain', true), '')::uuid) as terrain_id,
  coalesce(ST_Transform(ST_SetSRID(ST_MakePoint(s.x, s.y), s.srid), 4326), c.geom) as geom
from staging.companies_company s
left join company c on c.source = 'companies' and c.source_id = s.source_id
