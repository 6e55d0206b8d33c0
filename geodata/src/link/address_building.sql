-- The building of an address: the one its unit says, else the one it lies in.
with candidate as materialized (
  select id from {touched} where kind = 'address'
  union select a.id from address a join building b on a.bag_building_id = b.bag_id where b.id in (select id from {touched} where kind = 'building')
  union select a.id from address a join building b on a.geom && b.geom where a.bag_building_id is null and b.id in (select id from {touched} where kind = 'building')
), best as (
  select distinct on (id) id, building_id from (
    select a.id, b.id as building_id, 1 as way from candidate c join address a using (id) join building b on b.bag_id = a.bag_building_id and b.deleted_at is null
    union all
    select a.id, b.id, 2 from candidate c join address a using (id)
      join building b on a.bag_building_id is null and b.geom && a.geom and ST_Covers(b.geom, a.geom) and b.deleted_at is null
  ) w order by id, way, building_id
)
update address a set building_id = best.building_id
from candidate c left join best using (id)
where a.id = c.id and a.building_id is distinct from best.building_id and not 'building_id' = any (a.edited_fields)
