-- name: insert
insert into events (org_id, source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key,
                    livemode, api_version, status, outcome, processed_at)
select %(org_id)s, source, type, occurred_at, payload_json, dedupe_key, object_id, subject_key, livemode,
       api_version, case when ignored is null then 'received' else 'ignored' end,
       case when ignored is null then '[]' else jsonb_build_array(jsonb_build_object('ignored', ignored)) end,
       case when ignored is not null then now() end
from jsonb_to_recordset(%(deliveries)s) as delivery (
    source text, type text, occurred_at timestamptz, payload_json jsonb, dedupe_key text, object_id text,
    subject_key text, livemode boolean, api_version text, ignored text)
on conflict (org_id, source, dedupe_key) do nothing
returning id, source, dedupe_key, status

-- name: ids_by_dedupe_key
select id, source, dedupe_key from events
where org_id = %(org_id)s
  and (source, dedupe_key) in (
      select source, dedupe_key from jsonb_to_recordset(%(deliveries)s) as delivery (source text, dedupe_key text))

-- name: get
select * from events where org_id = %(org_id)s and id = %(id)s

-- name: lock
-- No key update: a draft that links to the event in another transaction is not held up.
select *, array(select play from proposal_events where org_id = %(org_id)s and event_id = %(id)s) as fed
from events where org_id = %(org_id)s and id = %(id)s for no key update

-- name: note
update events set outcome = outcome || %(outcome)s where org_id = %(org_id)s and id = %(id)s

-- name: finish
update events
set status = %(status)s, outcome = outcome || %(outcome)s, error = %(error)s, processed_at = now()
where org_id = %(org_id)s and id = %(id)s and status = 'received'

-- name: reopen
update events set status = 'received', error = null, processed_at = null
where org_id = %(org_id)s and id = %(id)s and status <> 'received'
returning id

-- name: unprocessed_about
select e.id from action_proposals p join events e on e.org_id = p.org_id and e.subject_key = p.subject_key
where p.org_id = %(org_id)s and p.id = %(proposal_id)s and e.status = 'received'
order by e.occurred_at, e.id

-- name: list
select id, source, type, occurred_at, received_at, object_id, subject_key, livemode, api_version, status,
       outcome, error, processed_at
from events
where org_id = %(org_id)s
  and (%(status)s::text is null or status = %(status)s)
  and (%(type)s::text is null or type = %(type)s)
  and (%(before)s::bigint is null or id < %(before)s)
order by id desc
limit %(limit)s

-- name: counts
select status, count(*) as count from events where org_id = %(org_id)s group by status

-- name: declined_of_subject
select distinct on (e.id, said ->> 'play') e.*, said ->> 'play' as declined_play
from events e, jsonb_array_elements(e.outcome) said
where e.org_id = %(org_id)s and e.subject_key = %(subject_key)s and e.id <> %(event_id)s
  and e.occurred_at >= %(since)s and e.status in ('received', 'processed')
  and said ->> 'result' = 'no proposal' and said ->> 'by' = 'rules'
  and not exists (select 1 from proposal_events pe
                  where pe.org_id = e.org_id and pe.event_id = e.id and pe.play = said ->> 'play')
order by e.id, said ->> 'play'
