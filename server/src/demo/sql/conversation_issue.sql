insert into conversation_issue (conversation_id, issue_id)
select r.conversation_id, r.issue_id from jsonb_to_recordset($1) as r (conversation_id uuid, issue_id uuid)
on conflict do nothing
