-- One plot per parcel.
select identification as source_id, municipality as cadastral_municipality, section, number, registered_m2, valid_from, valid_until,
  ST_Multi(lonlat) as geom
from staging.brk_plot
