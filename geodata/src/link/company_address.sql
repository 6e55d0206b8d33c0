-- The address of a company: postcode and house number with the same letter and addition; without an exact one, the only address at
-- that number. Addition and letter are compared without case, spaces and dashes.
with candidate as materialized (
  select id from {touched} where kind = 'company'
  union select c.id from company c join address a on a.postcode = c.postcode and a.house_number = c.house_number
    where a.id in (select id from {touched} where kind = 'address')
), pair as (
  select c.id, a.id as address_id, a.geom, count(*) over (partition by c.id) as at_number,
    regexp_replace(lower(coalesce(a.house_letter, '') || coalesce(a.addition, '')), '[^a-z0-9]', '', 'g')
      = regexp_replace(lower(coalesce(c.house_letter, '') || coalesce(c.addition, '')), '[^a-z0-9]', '', 'g') as exact
  from candidate join company c using (id)
  join address a on a.postcode = c.postcode and a.house_number = c.house_number and a.deleted_at is null
), best as (
  select distinct on (id) id, address_id, geom from pair where exact or at_number = 1 order by id, exact desc, address_id
)
update company c set
  address_id = case when 'address_id' = any (c.edited_fields) then c.address_id else best.address_id end,
  geom = case when c.geom is null and not 'geom' = any (c.edited_fields) then best.geom else c.geom end
from candidate k left join best using (id)
where c.id = k.id and (
  (c.address_id is distinct from best.address_id and not 'address_id' = any (c.edited_fields))
  or (c.geom is null and best.geom is not null and not 'geom' = any (c.edited_fields)))
