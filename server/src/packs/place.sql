-- $1 the terrain, ($2, $3) the beginning of the feed, $4 no end, $5 metres of edge. What a pack of it holds and where in the feed that is, as
-- the caller sees it, in one snapshot: whatever is not in it yet comes after this place. What it holds is what the feed holds.
with here as (select id, name, geom_rd from terrain where id = any (($1::text)::uuid[]) and deleted_at is null),
fed as (
{changes}
)
select here.name, app.epoch() as epoch, app.scope() as scope, pg_snapshot_xmin(pg_current_snapshot())::text as xid,
  ST_XMin(box) as west, ST_YMin(box) as south, ST_XMax(box) as east, ST_YMax(box) as north,
  people.amount as people, people.state as people_state,
  -- How large it is: the corners of what has many.
  coalesce((select sum(ST_NPoints(geom)) from plot where terrain_id = here.id and deleted_at is null), 0)
    + coalesce((select sum(ST_NPoints(geom)) from building where terrain_id = here.id and deleted_at is null), 0)
    + coalesce((select sum(ST_NPoints(geom)) from infrastructure where terrain_id = here.id and deleted_at is null), 0) as points,
  (select jsonb_agg(jsonb_build_object('kind', kind, 'rows', amount, 'newest', newest) order by kind)
   from (select kind, count(*) filter (where not gone) as amount, max(seq) as newest from fed group by kind) parts) as parts
from here, lateral (select ST_Transform(ST_Expand(geom_rd, $5), 4326) as box) around,
  lateral (
    select count(*) as amount, coalesce(md5(string_agg(concat_ws(' ', m.id, m.valid_until, p.name), ',' order by m.id)), '') as state
    from membership m left join person p on p.id = m.person_id
    where m.terrain_id = here.id and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now())
  ) people
