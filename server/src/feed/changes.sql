-- $1 terrains, ($2, $3) the reader's place, $4 rows. Each table gives its first rows past the place; the merge takes the first of all.
with mine as (select array(select id from terrain where id = any (($1::text)::uuid[])) as ids)
select kind, id, gone, changed_xid::text as xid, changed_seq as seq from (
  (select 'terrain' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from terrain
    where id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'plot' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from plot
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'building' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from building
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'address' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from address
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'company' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from company
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'occupancy' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from occupancy
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'infrastructure' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from infrastructure
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'issue' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from issue
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'support' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from support
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'comment' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from issue_comment
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'observation' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from observation
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'conversation' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from conversation
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'promise' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from promise
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'photo' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from photo
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select 'voice-note' as kind, id, deleted_at is not null as gone, changed_xid, changed_seq from voice_note
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
  union all
  (select kind, subject_id, true, changed_xid, changed_seq from gone
    where terrain_id = any ((select ids from mine)::uuid[]) and (changed_xid, changed_seq) > ($2::text::xid8, $3)
      and changed_xid < pg_snapshot_xmin(pg_current_snapshot()) order by changed_xid, changed_seq limit $4)
) feed
order by changed_xid, changed_seq
limit $4
