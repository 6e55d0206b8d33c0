-- An address lies on the terrain around its point, else on that of its building.
with candidate as materialized (
  select id from {touched} where kind = 'address'
  union select a.id from address a join terrain t on a.geom && t.geom where t.id in (select id from {touched} where kind = 'terrain')
  union select a.id from address a where a.terrain_id in (select id from {touched} where kind = 'terrain')
  union select a.id from address a where a.building_id in (select id from {touched} where kind = 'building')
), best as (
  select distinct on (a.id) a.id, coalesce(t.id, b.terrain_id) as terrain_id
  from candidate c join address a using (id)
  left join terrain t on t.geom && a.geom and ST_Covers(t.geom, a.geom) and t.deleted_at is null
  left join building b on b.id = a.building_id and b.deleted_at is null
  order by a.id, ST_Area(t.geom_rd) nulls last
)
update address a set terrain_id = best.terrain_id
from best where a.id = best.id and a.terrain_id is distinct from best.terrain_id and not 'terrain_id' = any (a.edited_fields)
