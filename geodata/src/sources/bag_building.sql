-- One building per pand: its newest current occurrence. Uses come from the units in it, or from the file, or stay what they were
-- when a delivery holds buildings alone.
select p.bag_id as source_id, p.bag_id, p.year, p.status,
  coalesce(nullif(p.uses, '{}'), u.uses, (select b.uses from building b where b.source = 'bag' and b.source_id = p.bag_id), '{}') as uses,
  ST_Multi(p.lonlat) as geom, case when ST_SRID(p.geom) = 28992 then ST_Multi(p.geom) end as geom_rd
from (select distinct on (bag_id) * from staging.bag_building order by bag_id, occurrence desc nulls last, row_number desc) p
left join (
  select bag_building_id, array_agg(distinct use order by use) as uses
  from (select bag_building_id, unnest(uses) as use from staging.bag_object union all select bag_building_id, unnest(uses) from staging.bag_flat) v
  where bag_building_id is not null group by bag_building_id
) u on u.bag_building_id = p.bag_id
