-- One row per municipality; parts of a territory on rows of their own become one.
select code, min(name) as name, ST_Multi(ST_Transform(case when count(*) = 1 then (array_agg(geom))[1] else ST_UnaryUnion(ST_Collect(geom)) end, 4326)) as geom
from staging.municipalities_area group by code
