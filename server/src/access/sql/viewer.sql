select p.id, p.name, p.email, p.language, app.strong() as strong,
  -- Being used keeps a session alive; written at most once a minute.
  (select coalesce(bool_or(s.last_seen_at < app.now() - interval '1 minute'), false) from session s
    where s.token_hash = decode(current_setting('app.session'), 'hex')) as untouched,
  coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'role', m.role, 'organisation_id', m.organisation_id, 'terrain_id', m.terrain_id) order by m.id)
    from membership m
    where m.person_id = p.id and m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now()) and app.role_counts(m.role)), '[]') as held,
  app.needs_strong() as needs_strong_sign_in,
  coalesce(to_jsonb(app.my_terrains_as('{municipality}')), '[]') as territory
from person p
where p.id = (select app.person())
