-- Parcels and addresses are public; that they belong to a terrain one may not see is not.
with asked as (select to_tsquery('simple', $2) as query from terrain where id = $1 and deleted_at is null)
select kind, id from (
  (select 'company' as kind, c.id, 1 as place, c.name as label from company c, asked
    where c.terrain_id = $1 and c.deleted_at is null and c.search @@ asked.query order by c.name limit $3)
  union all
  (select 'issue', i.id, 2, coalesce(i.title, '') from issue i, asked
    where i.terrain_id = $1 and i.deleted_at is null and i.search @@ asked.query order by i.reported_at desc limit $3)
  union all
  (select 'address', a.id, 3, a.label from address a, asked
    where a.terrain_id = $1 and a.deleted_at is null and a.search @@ asked.query order by a.label limit $3)
  union all
  (select 'plot', p.id, 4, p.key from plot p, asked
    where p.terrain_id = $1 and p.deleted_at is null and p.search @@ asked.query order by p.key limit $3)
) hits
order by place, label, id
limit $3
