-- One address per nummeraanduiding. A berth or pitch is an area: its address lies inside it.
select distinct on (source_id) source_id, source_id as bag_id, bag_object_id, bag_building_id, street, house_number, house_letter, addition, postcode, city, uses, floor_area_m2,
  case when GeometryType(lonlat) = 'POINT' then lonlat else ST_PointOnSurface(lonlat) end as geom
from (
  -- Without its own identification an address that is already known by its object keeps the one it has.
  select coalesce(case when f.bag_id = f.bag_object_id then (select a.bag_id from address a where a.source = 'bag' and a.bag_object_id = f.bag_object_id order by a.bag_id limit 1) end, f.bag_id) as source_id,
    f.bag_object_id, f.bag_building_id, f.street, f.house_number, f.house_letter, f.addition, f.postcode, f.city, f.uses, f.floor_area_m2, f.lonlat, null::integer as occurrence, f.row_number
  from staging.bag_flat f
  union all
  select n.bag_id, o.bag_id, o.bag_building_id, s.name, n.house_number, n.house_letter, n.addition, n.postcode, coalesce(own.name, t.name), o.uses, o.floor_area_m2, o.lonlat, n.occurrence, n.row_number
  from staging.bag_number n
  join (select distinct on (bag_id) * from staging.bag_street order by bag_id, occurrence desc nulls last) s on s.bag_id = n.street_id
  left join (select distinct on (bag_id) * from staging.bag_town order by bag_id, occurrence desc nulls last) t on t.bag_id = s.town_id
  left join (select distinct on (bag_id) * from staging.bag_town order by bag_id, occurrence desc nulls last) own on own.bag_id = n.town_id
  join (select unnest(addresses) as number_id, o.* from (select distinct on (bag_id) * from staging.bag_object order by bag_id, occurrence desc nulls last) o) o on o.number_id = n.bag_id
) a
order by source_id, occurrence desc nulls last, row_number desc
