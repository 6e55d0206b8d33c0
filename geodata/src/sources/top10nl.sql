-- One piece of ground per object; of one that came twice (a delivery per tile repeats what lies on an edge) the first.
select distinct on (source_id) source_id, kind, name, level, width_m, rank, lonlat as geom, case when ST_SRID(geom) = 28992 then geom end as geom_rd
from (
  select * from staging.top10nl_road union all
  select * from staging.top10nl_water union all
  select * from staging.top10nl_rail union all
  select * from staging.top10nl_ground union all
  select * from staging.top10nl_place
) g
order by source_id, row_number
