-- name: insert
-- Store deliveries, each event once; it returns those that are new. One that is ignored has left `received` already, which
-- a notification says.
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
returning id, source, dedupe_key, status, subject_key,
          case when status = 'ignored' then pg_notify('execops_events', id::text)::text end as notified

-- name: ids_by_dedupe_key
-- Find the events of deliveries that were stored before.
select id, source, dedupe_key from events
where org_id = %(org_id)s
  and (source, dedupe_key) in (
      select source, dedupe_key from jsonb_to_recordset(%(deliveries)s) as delivery (source text, dedupe_key text))

-- name: get
-- Read one event.
select * from events where org_id = %(org_id)s and id = %(id)s

-- name: lock
-- Lock one event for processing, with the plays that it has fed. The lock leaves the key free, so that a draft of
-- another transaction can link to the event meanwhile.
select *, array(select play from proposal_events where org_id = %(org_id)s and event_id = %(id)s) as fed
from events where org_id = %(org_id)s and id = %(id)s for no key update

-- name: still_received
-- Find those of these events that are not processed yet, in the order of the ids as given.
select e.id from unnest(%(ids)s::bigint[]) with ordinality as wanted (id, position)
join events e on e.org_id = %(org_id)s and e.id = wanted.id
where e.status = 'received' order by position

-- name: next_of_subject
-- Find the oldest event of another one's subject that waits, that was not tried, and that nobody processes now.
select e.id from events e
where e.org_id = %(org_id)s and e.status = 'received' and e.id <> all (%(tried)s::bigint[])
  and e.subject_key = (select subject_key from events where org_id = %(org_id)s and id = %(id)s)
order by e.id limit 1 for no key update skip locked

-- name: note
-- Add outcomes to an event.
update events set outcome = outcome || %(outcome)s where org_id = %(org_id)s and id = %(id)s

-- name: finish
-- Record how the processing of an event ended, once.
update events
set status = %(status)s, outcome = outcome || %(outcome)s, error = %(error)s, processed_at = now()
where org_id = %(org_id)s and id = %(id)s and status = 'received'

-- name: reopen
-- Put an event that was processed, failed or ignored back to received, to process it again.
update events set status = 'received', error = null, processed_at = null
where org_id = %(org_id)s and id = %(id)s and status <> 'received'
returning id

-- name: reopen_processed
-- Put an event whose processing succeeded back to received, to ask its plays again; one whose payload is gone stays.
update events set status = 'received', error = null, processed_at = null
where org_id = %(org_id)s and id = %(id)s and status = 'processed' and payload_gone is null

-- name: left_behind
-- Find an event that waits although no job is about it: none that runs or comes next. A job of `process_again` that waits for
-- its first time is about a later time.
select e.id from events e
where e.org_id = %(org_id)s and e.id = %(id)s and e.status = 'received'
  and not exists (
      select from procrastinate_jobs j
      where j.status in ('todo', 'doing')
        and (j.task_name = 'process_events' and j.args -> 'event_ids' @> to_jsonb(e.id)
             or j.task_name in ('process_event', 'process_again') and j.args -> 'event_id' = to_jsonb(e.id)
                and (j.task_name = 'process_event' or j.status = 'doing' or j.attempts > 0
                     or coalesce(j.scheduled_at, now()) <= now())))

-- name: list
-- List a page of events without their payloads, the newest first. Each way to ask reads an index that has the page at
-- its end, so a page costs the same among a million events: `types` are the types that there are, one step of an index each.
with recursive types (type) as (
    (select type from events where org_id = %(org_id)s and %(type)s::text is not null order by type limit 1)
    union all
    select (select e.type from events e where e.org_id = %(org_id)s and e.type > types.type order by e.type limit 1)
    from types where types.type is not null)
select e.id, e.source, e.type, e.occurred_at, e.received_at, e.object_id, e.subject_key, e.livemode, e.api_version, e.status,
       e.outcome, e.error, e.processed_at, e.payload_gone
from events e
where e.org_id = %(org_id)s and e.id = any (array(
    (select id from events
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'received' and %(status)s::text = 'received' and (%(type)s::text is null or type like %(type)s)
     order by id desc limit %(limit)s)
    union all
    (select id from events
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'failed' and %(status)s::text = 'failed' and (%(type)s::text is null or type like %(type)s)
     order by id desc limit %(limit)s)
    union all
    (select id from events
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'ignored' and %(status)s::text = 'ignored' and (%(type)s::text is null or type like %(type)s)
     order by id desc limit %(limit)s)
    union all
    (select id from events
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and %(type)s::text is null and %(status)s::text is null
     order by id desc limit %(limit)s)
    union all
    (select id from events
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and %(type)s::text is null and status = 'processed' and %(status)s::text = 'processed'
     order by id desc limit %(limit)s)
    union all
    (select page.id from types cross join lateral (
         select id from events
         where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
           and type = types.type and (%(status)s::text is null or status = 'processed')
         order by id desc limit %(limit)s) page
     where types.type like %(type)s and coalesce(%(status)s::text, 'processed') = 'processed')))
order by e.id desc
limit %(limit)s

-- name: unanswered_of_subject
-- Find where a play may draft now what it did not draft before, or what nobody decided: earlier events of a subject that
-- a play declined by its rules, and events whose proposal `expired` with no later one in its place, made room for
-- another draft, or was drafted in the last week and superseded: what made it moot may have passed. The
-- payloads of the events, which are large, are not read. For a play of `together` and a type of `together_types` beside it,
-- only the newest event is read: one that answers for all. For another play, the newest of each object, or `each`; for one
-- of `covering`, those about an object of `covered` alone. One of `naming` may judge another object than the event's own,
-- which an old outcome does not tell.
(select newest.*
 from unnest(%(together)s::text[], %(together_types)s::text[]) as woken (play, type)
 cross join lateral (
     select e.id, e.type, coalesce(entry ->> 'object', e.object_id) as object_id,
            coalesce(entry ->> 'subject', e.subject_key) as subject_key, e.occurred_at, woken.play,
            null::bigint as expired, entry ? 'object' as judged
     from events e, jsonb_array_elements(e.outcome) entry
     where e.org_id = %(org_id)s and e.subject_key = %(subject_key)s and e.type = woken.type
       and e.outcome @> '[{"result": "no proposal", "by": "rules"}]'
       and e.occurred_at >= %(since)s and e.id <> %(event_id)s and e.status in ('received', 'processed')
       and entry @> '{"result": "no proposal", "by": "rules"}' and entry ->> 'play' = woken.play
       and not exists (select from proposal_events pe
                       where pe.org_id = e.org_id and pe.event_id = e.id and pe.play = woken.play)
     order by e.occurred_at desc, e.id desc
     limit 1) newest)
union all
(select distinct on (entry ->> 'play' collate "C", coalesce(entry ->> 'subject', e.subject_key) collate "C",
                     case when %(each)s then e.id::text end, coalesce(entry ->> 'object', e.object_id) collate "C")
        e.id, e.type, coalesce(entry ->> 'object', e.object_id),
        coalesce(entry ->> 'subject', e.subject_key), e.occurred_at, entry ->> 'play', null::bigint,
        entry ? 'object'
 from events e, jsonb_array_elements(e.outcome) entry
 where e.org_id = %(org_id)s and e.subject_key = %(subject_key)s and e.type = any (%(types)s)
   and e.outcome @> '[{"result": "no proposal", "by": "rules"}]'
   and e.occurred_at >= %(since)s and e.id <> %(event_id)s and e.status in ('received', 'processed')
   and entry @> '{"result": "no proposal", "by": "rules"}' and entry ->> 'play' <> all (%(together)s)
   and (entry ->> 'play' <> all (%(covering)s) or coalesce(entry ->> 'object', e.object_id) = any (%(covered)s)
        or entry ->> 'play' = any (%(naming)s) and not entry ? 'object')
   and not exists (select from proposal_events pe
                   where pe.org_id = e.org_id and pe.event_id = e.id and pe.play = entry ->> 'play')
 order by entry ->> 'play' collate "C", coalesce(entry ->> 'subject', e.subject_key) collate "C",
          case when %(each)s then e.id::text end, coalesce(entry ->> 'object', e.object_id) collate "C",
          e.occurred_at desc, e.id desc)
union all
select (select min(pe.event_id) from proposal_events pe where pe.proposal_id = p.id and pe.play = p.play),
       null, p.object_id, p.subject_key, p.created_at, p.play, p.id, true
from action_proposals p
where p.org_id = %(org_id)s
  and (p.status = 'expired'
       or p.status = 'superseded'
          and (starts_with(p.outcome, %(drafted_anew)s)
               or p.dedupe_key = p.play || ':' || p.object_id and p.created_at > now() - interval '7 days'))
  and p.id in (
      select id from action_proposals where org_id = %(org_id)s and subject_key = %(subject_key)s
      union
      select id from action_proposals
      where org_id = %(org_id)s and object_id = %(object_id)s and status in ('expired', 'superseded')
      union
      select about.id from snapshots s
      join action_proposals about on about.org_id = s.org_id and about.object_id = s.object_id
      where s.org_id = %(org_id)s and s.subject_key = %(subject_key)s and cardinality(s.links) > 0
        and about.status = 'superseded' and starts_with(about.outcome, %(drafted_anew)s))
  and exists (select 1 from proposal_events pe where pe.proposal_id = p.id and pe.play = p.play)
  and not exists (select 1 from action_proposals later
                  where later.org_id = p.org_id and later.dedupe_key = p.dedupe_key and later.id > p.id)
order by id, play

-- name: prunable
-- Count the events that arrived before a moment and whose payloads may go, with the bytes that these take.
select count(*) as events, coalesce(sum(pg_column_size(e.payload_json)), 0)::bigint as bytes
from events e
where e.org_id = %(org_id)s and e.received_at < %(before)s and e.payload_gone is null
  and e.status in ('processed', 'ignored')
  and not exists (
      select from proposal_events pe join action_proposals p on p.id = pe.proposal_id
      where pe.org_id = e.org_id and pe.event_id = e.id
        and (p.status in ('pending', 'approved', 'executing', 'failed', 'unknown') or p.due_at > now()))

-- name: leave_to_prune
-- Ask for the leave to prune in this transaction, which the audit log tells of; only a founder gets one.
insert into prunings (org_id, before) values (%(org_id)s, %(before)s) returning id

-- name: note_pruned
-- Note how much this transaction pruned.
update prunings set events = %(events)s, bytes = %(bytes)s where id = %(id)s and org_id = %(org_id)s

-- name: prune
-- Take the payloads of the next such events away, beyond a moment and an id; an event that is in use now is left out. `at`
-- and `id` are of the last one.
with batch as (
    select e.id, e.received_at, pg_column_size(e.payload_json) as bytes
    from events e
    where e.org_id = %(org_id)s and e.received_at < %(before)s and e.payload_gone is null
      and e.status in ('processed', 'ignored') and (e.received_at, e.id) > (%(at)s, %(id)s)
      and not exists (
          select from proposal_events pe join action_proposals p on p.id = pe.proposal_id
          where pe.org_id = e.org_id and pe.event_id = e.id
            and (p.status in ('pending', 'approved', 'executing', 'failed', 'unknown') or p.due_at > now()))
    order by e.received_at, e.id limit %(limit)s
    for no key update of e skip locked
), pruned as (
    update events e set payload_gone = 'pruned' from batch where e.id = batch.id returning 1
)
select (select count(*) from pruned) as events, coalesce(sum(bytes), 0)::bigint as bytes,
       max(received_at) as at, (array_agg(id order by received_at desc, id desc))[1] as id
from batch
