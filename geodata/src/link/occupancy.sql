-- A company uses the building of its address and the plot under it. Links of people are left alone, and so are links to them that
-- people ended; links of earlier imports that no longer hold are ended.
with candidate as materialized (
  select id from {touched} where kind = 'company'
  union select c.id from company c where c.address_id in (select id from {touched} where kind = 'address')
  union select c.id from company c join address a on a.id = c.address_id
    where a.building_id in (select id from {touched} where kind = 'building')
  union select c.id from company c join address a on a.id = c.address_id join building b on b.id = a.building_id
    where b.plot_id in (select id from {touched} where kind = 'plot')
  union select c.id from company c join {touched} t on t.kind = 'terrain' and c.terrain_id = t.id
), held as materialized (
  select c.id as company_id, c.terrain_id, b.id as building_id, b.plot_id
  from candidate k join company c on c.id = k.id and c.deleted_at is null
  left join address a on a.id = c.address_id and a.deleted_at is null
  left join building b on b.id = a.building_id and b.deleted_at is null
), wanted as materialized (
  select company_id, terrain_id, building_id, null::uuid as plot_id from held where building_id is not null
  union all
  select company_id, terrain_id, null::uuid, plot_id from held where plot_id is not null
), ended as (
  update occupancy o set deleted_at = app.now(), version = o.version + 1
  where o.company_id in (select company_id from held) and o.kind = 'uses' and o.linked_by = 'import' and o.deleted_at is null
    and not exists (select from wanted w where w.company_id = o.company_id
      and w.building_id is not distinct from o.building_id and w.plot_id is not distinct from o.plot_id)
)
insert into occupancy as o (id, terrain_id, company_id, plot_id, building_id, kind, linked_by)
select gen_random_uuid(), terrain_id, company_id, plot_id, building_id, 'uses', 'import' from wanted
on conflict (company_id, plot_id, building_id, kind) do update set terrain_id = excluded.terrain_id, deleted_at = null, version = o.version + 1
where o.linked_by = 'import' and (o.terrain_id is distinct from excluded.terrain_id or o.deleted_at is not null)
