insert into session (id, token_hash, person_id, device, method, strong, created_at, last_seen_at, expires_at)
select r.id, decode(r.token_hash, 'hex'), r.person_id, 'demo', 'operator', true, app.now(), app.now(), app.now() + interval '5 minutes'
from jsonb_to_recordset($1) as r (id uuid, person_id uuid, token_hash text)
on conflict (id) do update
set token_hash = excluded.token_hash, last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at, revoked_at = null
