select ST_AsMVT(t, 'plot', 4096, 'geom') from (
  select 'plot:' || id as id, key, round(ST_Area(geom_rd))::integer as area_m2, ST_AsMVTGeom(geom_web, ST_TileEnvelope($1, $2, $3), 4096, 64, true) as geom
  from plot where geom && ST_Transform(ST_TileEnvelope($1, $2, $3, margin => 0.015625), 4326) and deleted_at is null) t where geom is not null
