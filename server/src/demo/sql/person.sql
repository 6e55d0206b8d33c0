insert into person (id, email, name)
select r.id, r.email, r.name from jsonb_to_recordset($1) as r (id uuid, email text, name text)
on conflict do nothing
