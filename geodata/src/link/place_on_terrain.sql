(select s.id from (
  select t.id, case when ST_CoveredBy(n.geom, t.geom) then 1 else ST_Area(ST_Intersection(n.geom, t.geom)) / nullif(ST_Area(n.geom), 0) end as share
  from terrain t where t.geom && n.geom and t.deleted_at is null offset 0) s
where s.share >= 0.25 order by s.share desc, s.id limit 1)
