-- A terrain whose source named no municipality belongs to those that hold a hundredth of it.
insert into terrain_municipality (terrain_id, municipality_code)
select t.id, m.code from terrain t join reference.municipality m on m.geom && t.geom and ST_Intersects(m.geom, t.geom)
where (t.id in (select id from {touched} where kind = 'terrain') or exists (select from {touched} where kind = 'reference.municipality'))
  and not exists (select from terrain_municipality x where x.terrain_id = t.id)
  and ST_Area(ST_Intersection(m.geom, t.geom)) >= 0.01 * ST_Area(t.geom)
on conflict do nothing
