-- One piece of ground per object; of one that came twice (a delivery per tile repeats what lies on an edge) the first.
select distinct on (source_id) source_id, kind, name, level, width_m, rank, lonlat as geom, case when ST_SRID(geom) = 28992 then geom end as geom_rd
from (
  select * from staging.bgt_road union all
  select * from staging.bgt_verge union all
  select * from staging.bgt_water union all
  select * from staging.bgt_bank union all
  select * from staging.bgt_green union all
  select * from staging.bgt_bare union all
  select * from staging.bgt_rail union all
  select * from staging.bgt_wall union all
  select * from staging.bgt_tree
) g
order by source_id, row_number
