insert into private_note (conversation_id, author_id, text, written_at)
select r.conversation_id, r.author_id, r.text, app.now() from jsonb_to_recordset($1) as r (conversation_id uuid, author_id uuid, text text)
on conflict do nothing
