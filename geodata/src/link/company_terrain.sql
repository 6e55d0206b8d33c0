-- A company is on the terrain of its address, else around its point; where neither lies on one it stays where it was put.
with candidate as materialized (
  select id from {touched} where kind = 'company'
  union select c.id from company c where c.address_id in (select id from {touched} where kind = 'address')
  union select c.id from company c join address a on a.id = c.address_id where a.building_id in (select id from {touched} where kind = 'building')
  union select c.id from company c join terrain t on c.geom && t.geom where t.id in (select id from {touched} where kind = 'terrain')
  union select c.id from company c where c.terrain_id in (select id from {touched} where kind = 'terrain')
), best as (
  select distinct on (c.id) c.id, coalesce(a.terrain_id, t.id) as terrain_id
  from candidate k join company c using (id)
  left join address a on a.id = c.address_id and a.deleted_at is null
  left join terrain t on t.geom && c.geom and ST_Covers(t.geom, c.geom) and t.deleted_at is null
  where c.geom is not null or c.address_id is not null
  order by c.id, ST_Area(t.geom_rd) nulls last
)
update company c set terrain_id = best.terrain_id
from best where c.id = best.id and c.terrain_id is distinct from best.terrain_id and not 'terrain_id' = any (c.edited_fields)
  and best.terrain_id is not null
