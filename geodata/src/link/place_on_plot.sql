(select s.id from (
  select p.id, case when ST_CoveredBy(n.geom, p.geom) then 1 else ST_Area(ST_Intersection(n.geom, p.geom)) / nullif(ST_Area(n.geom), 0) end as share
  from plot p where p.geom && n.geom and p.deleted_at is null and ST_Intersects(p.geom, n.geom) offset 0) s
order by s.share desc, s.id limit 1)
