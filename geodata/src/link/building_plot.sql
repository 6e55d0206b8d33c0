-- The plot a building stands on: the one with the largest share of it.
with candidate as materialized (
  select id from {touched} where kind = 'building' and not placed
  union select b.id from building b join plot p on p.geom && b.geom where p.id in (select id from {touched} where kind = 'plot')
), best as (
  select distinct on (b.id) b.id, p.id as plot_id
  from candidate c join building b using (id)
  join plot p on p.geom && b.geom and p.deleted_at is null and ST_Intersects(p.geom, b.geom)
  order by b.id, case when ST_CoveredBy(b.geom, p.geom) then ST_Area(b.geom) else ST_Area(ST_Intersection(b.geom, p.geom)) end desc, p.id
)
update building b set plot_id = best.plot_id
from candidate c left join best using (id)
where b.id = c.id and b.plot_id is distinct from best.plot_id and not 'plot_id' = any (b.edited_fields)
