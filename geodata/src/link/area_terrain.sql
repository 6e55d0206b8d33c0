-- The terrain an area lies on: the one with the largest share of it, if that is a quarter or more (parcels stick out over a park's edge,
-- and a park's edge is a planning line). Of lines the share is of their length; a point, or a line outside, goes to what is within 25 m.
with candidate as materialized (
  select id from {touched} where kind = '{table}' and not placed
  union select p.id from {table} p join terrain t on p.geom && t.geom where t.id in (select id from {touched} where kind = 'terrain')
  union select p.id from {table} p where p.terrain_id in (select id from {touched} where kind = 'terrain')
), near as materialized (
  -- Two branches, so that each can use the index on terrain.geom.
  select p.id, t.id as terrain_id from candidate c join {table} p using (id) join terrain t on t.geom && p.geom
  union
  select p.id, t.id from candidate c join {table} p using (id) join terrain t on t.geom && ST_Expand(p.geom, 0.0004, 0.00025)
  where {can_be_thin} and ST_Dimension(p.geom) < 2
), pair as materialized (
  select p.id, t.id as terrain_id, case
      when ST_CoveredBy(p.geom, t.geom) then 1
      -- Shares of an area are the same in degrees; lengths are not.
      when ST_Dimension(p.geom) = 2 then ST_Area(ST_Intersection(p.geom, t.geom)) / nullif(ST_Area(p.geom), 0)
      when ST_Dimension(p.geom_rd) = 1 then ST_Length(ST_Intersection(p.geom_rd, t.geom_rd)) / nullif(ST_Length(p.geom_rd), 0)
      else 0 end as share,
    case when ST_Dimension(p.geom_rd) < 2 then ST_Distance(p.geom_rd, t.geom_rd) end as away
  from near join {table} p using (id) join terrain t on t.id = near.terrain_id and t.deleted_at is null
), best as (
  select distinct on (id) id, terrain_id from pair where share >= 0.25 or away <= 25 order by id, share desc nulls last, away nulls last, terrain_id
)
update {table} p set terrain_id = b.terrain_id
from candidate c left join best b using (id)
where p.id = c.id and p.terrain_id is distinct from b.terrain_id and not 'terrain_id' = any (p.edited_fields)
