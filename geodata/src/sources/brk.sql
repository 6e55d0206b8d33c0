-- One plot per parcel.
select identification as source_id, municipality as cadastral_municipality, section, number, registered_m2, valid_from, valid_until,
  ST_Multi(lonlat) as geom, case when ST_SRID(geom) = 28992 then ST_Multi(geom) end as geom_rd
from staging.brk_plot
