-- Addresses whose street or object is not in the delivery: they would have no name, or no place.
select n.row_number, case when s.bag_id is null then 'street' else 'object' end, 'dangling',
  case when s.bag_id is null then n.street_id else n.bag_id end
from staging.bag_number n
left join (select distinct bag_id from staging.bag_street) s on s.bag_id = n.street_id
left join (select distinct unnest(addresses) as number_id from staging.bag_object) o on o.number_id = n.bag_id
where s.bag_id is null or o.number_id is null
