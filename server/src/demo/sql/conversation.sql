insert into conversation (id, terrain_id, company_id, other_party, held_on, situation, needs, vision, themes, willingness, willingness_forms,
                          sharing, attendees, author_id, organisation_id, author_role, created_at)
select r.id, r.terrain_id, r.company_id, r.other_party, (app.now() at time zone 'Europe/Amsterdam')::date - r.days_ago, r.situation, r.needs, r.vision,
       r.themes, r.willingness, r.willingness_forms, r.sharing, r.attendees, r.author_id, r.organisation_id, r.author_role,
       app.now() - r.days_ago * interval '1 day'
from jsonb_to_recordset($1) as r (id uuid, terrain_id uuid, company_id uuid, other_party text, days_ago integer, situation text, needs text,
     vision text, themes text[], willingness text, willingness_forms text[], sharing text, attendees text[], author_id uuid,
     organisation_id uuid, author_role text)
on conflict do nothing
