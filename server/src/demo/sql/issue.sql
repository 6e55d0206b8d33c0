insert into issue (id, terrain_id, kind, theme, title, description, audience, state, state_reason, author_id, organisation_id,
                   plot_id, company_id, infrastructure_id, place_label, reporter_role,
                   outside_terrain, device_geom, device_accuracy_m, device_at, reported_at, geom)
select r.id, r.terrain_id, r.kind, r.theme, r.title, nullif(r.description, ''), r.audience, r.state, r.state_reason, r.author_id,
       r.organisation_id, r.plot_id, r.company_id, r.infrastructure_id, r.place_label, r.reporter_role, r.outside_terrain,
       ST_Transform(ST_GeomFromText(r.device_wkt, 28992), 4326), case when r.device_wkt is not null then 4 end,
       case when r.device_wkt is not null then r.reported_at::timestamp at time zone 'Europe/Amsterdam' end,
       r.reported_at::timestamp at time zone 'Europe/Amsterdam', ST_Transform(ST_GeomFromText(r.wkt, 28992), 4326)
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, kind text, theme text, title text, description text, audience text, state text,
     state_reason text, author_id uuid, organisation_id uuid, plot_id uuid, company_id uuid, infrastructure_id uuid, place_label text,
     reporter_role text, outside_terrain boolean, reported_at text, device_wkt text, wkt text)
on conflict do nothing
