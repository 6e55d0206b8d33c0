-- $1 terrain, $2 the member's organisation, $3 the member. The same answer, for somebody nothing is hidden from.
select json_build_object('data', json_build_object('terrain', (select json_build_object(
  'id', 'terrain:' || t.id, 'name', t.name, 'locality', t.locality, 'areaM2', ST_Area(t.geom_rd), 'audience', upper(t.audience), 'version', t.version,
  'geometry', ST_AsGeoJSON(t.geom, 7)::json,
  'counts', (select json_build_object(
    'companies', (select count(*) from company where terrain_id = t.id and deleted_at is null),
    'openIssues', (select count(*) from issue where terrain_id = t.id and deleted_at is null and state = 'open'))),
  'plots', json_build_object('edges', (select json_agg(json_build_object('node', json_build_object(
      'id', 'plot:' || p.id, 'key', p.key, 'section', p.section, 'number', p.number, 'registeredM2', p.registered_m2, 'areaM2', ST_Area(p.geom_rd),
      'geometry', ST_AsGeoJSON(p.geom, 7)::json))) from (select * from plot where terrain_id = t.id and deleted_at is null order by key, id limit 200) p),
    'pageInfo', json_build_object('hasNextPage', (select count(*) > 200 from (select from plot where terrain_id = t.id and deleted_at is null limit 201) m))),
  'companies', json_build_object('edges', (select json_agg(json_build_object('node', json_build_object(
      'id', 'company:' || c.id, 'name', c.name, 'sbiCode', c.sbi_code, 'employees', c.employees,
      'addressLabel', case when not c.address_shielded then c.street || coalesce(' ' || c.house_number, '') || coalesce(c.house_letter, '') || coalesce('-' || c.addition, '') end,
      'mine', coalesce(c.organisation_id = $2, false), 'geometry', ST_AsGeoJSON(c.geom, 7)::json)))
      from (select * from company where terrain_id = t.id and deleted_at is null order by name, id limit 120) c),
    'pageInfo', json_build_object('hasNextPage', (select count(*) > 120 from (select from company where terrain_id = t.id and deleted_at is null limit 121) m))),
  'infrastructure', json_build_object('edges', (select json_agg(json_build_object('node', json_build_object(
      'id', 'infrastructure:' || i.id, 'kind', upper(i.kind), 'name', i.name, 'owner', i.owner, 'condition', i.condition,
      'geometry', ST_AsGeoJSON(i.geom, 7)::json)))
      from (select * from infrastructure where terrain_id = t.id and deleted_at is null order by kind, id limit 100) i),
    'pageInfo', json_build_object('hasNextPage', (select count(*) > 100 from (select from infrastructure where terrain_id = t.id and deleted_at is null limit 101) m))),
  'issues', json_build_object('edges', (select json_agg(json_build_object('node', json_build_object(
      'id', 'issue:' || i.id, 'kind', upper(i.kind), 'theme', upper(i.theme), 'title', i.title, 'description', i.description,
      'placeLabel', i.place_label, 'state', upper(i.state), 'audience', upper(i.audience), 'supportCount', i.support_count,
      'commentCount', i.comment_count, 'reportedAt', to_char(i.reported_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
      'version', i.version, 'outsideTerrain', i.outside_terrain, 'reporterRole', upper(i.reporter_role), 'mine', i.author_id = $3,
      'organisation', case when i.organisation_id = $2 then (select json_build_object('name', o.name) from organisation o where o.id = i.organisation_id) end,
      'geometry', ST_AsGeoJSON(i.geom, 7)::json)))
      from (select * from issue where terrain_id = t.id and deleted_at is null order by reported_at desc, id desc limit 60) i),
    'pageInfo', json_build_object('hasNextPage', (select count(*) > 60 from (select from issue where terrain_id = t.id and deleted_at is null limit 61) m)))
  ) from terrain t where t.id = $1 and t.deleted_at is null)))::text
