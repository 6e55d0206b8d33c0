-- One terrain per park number: of several surveys the newest, of several parts the union. Every part repeats the area of the whole park.
select rin as source_id, rin as ibis_number,
  (array_agg(name order by row_number))[1] as name, (array_agg(locality order by row_number) filter (where locality is not null))[1] as locality,
  max(gross_m2) as gross_m2, max(net_m2) as net_m2, min(start_year) as start_year,
  ST_Multi(ST_Transform(case when count(*) = 1 then (array_agg(geom))[1] else ST_UnaryUnion(ST_Collect(geom order by row_number)) end, 4326)) as geom
from (select *, rank() over (partition by rin order by survey desc nulls last) as newest from staging.ibis_park) p
where newest = 1 group by rin
