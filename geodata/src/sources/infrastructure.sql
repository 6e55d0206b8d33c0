-- One thing per row. Without an id of its own its shape tells it apart, and of several alike (circuits on one mast) their order.
select coalesce(source_id, kind || ':' || shape || '-' || row_number() over (partition by kind, shape, source_id is null order by row_number)) as source_id,
  kind, name, owner, condition, details, lonlat as geom, case when ST_SRID(geom) = 28992 then geom end as geom_rd
from (select *, md5(ST_AsBinary(geom)) as shape from staging.infrastructure_thing) t
