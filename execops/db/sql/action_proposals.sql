-- name: insert
-- Nothing, and no number used up, where a live one is in the way, or one that was executed lately: see lock_live
-- and last_executed.
with made as (
    insert into action_proposals (org_id, urgency, vertical, play, action_type, title, object_id, subject_key,
                                  payload, reasoning, evidence, drafted_by, amount_minor, currency, dedupe_key,
                                  thread_id, expires_at, version, payload_sha256, last_actor)
    select %(org_id)s, %(urgency)s, %(vertical)s, %(play)s, %(action_type)s, %(title)s, %(object_id)s,
           %(subject_key)s, %(payload)s, %(reasoning)s, %(evidence)s, %(drafted_by)s, %(amount_minor)s,
           %(currency)s, %(dedupe_key)s, %(thread_id)s,
           coalesce(%(expires_at)s::timestamptz, now() + make_interval(days => %(expiry_days)s)), 1, '', '{}'
    where not exists (
        select 1 from action_proposals p
        where p.org_id = %(org_id)s and p.dedupe_key = %(dedupe_key)s
          and (p.status in ('pending', 'approved', 'executing', 'failed', 'unknown')
               or p.status = 'executed'
                  and (p.decided_at > now() - make_interval(hours => %(hours)s)
                       or exists (select 1 from executions e where e.proposal_id = p.id
                                  and e.finished_at > now() - make_interval(hours => %(hours)s)))))
    on conflict (org_id, dedupe_key) where status in ('pending', 'approved', 'executing', 'failed', 'unknown')
    do nothing
    returning id
), linked as (
    insert into proposal_events (org_id, event_id, play, proposal_id)
    select %(org_id)s, %(event_id)s, %(play)s, id from made
)
select id from made

-- name: get
select * from proposals_effective where org_id = %(org_id)s and id = %(id)s

-- name: lock
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals where org_id = %(org_id)s and id = %(id)s for no key update

-- name: lock_object
-- What the proposal is about, which never changes: the snapshot, then the subject, as lock_object of the ledger.
with about as (
    select org_id, object_id, subject_key from action_proposals where org_id = %(org_id)s and id = %(id)s
), held as (
    select 1 from snapshots s join about using (org_id, object_id) for share of s
)
select pg_advisory_xact_lock(7308, hashtext(about.org_id || ' ' || about.subject_key))
from about, (select count(*) from held) counted

-- name: try_lock_thread
select thread_id, pg_try_advisory_lock(7306, hashtext(thread_id)) as locked
from action_proposals where org_id = %(org_id)s and id = %(id)s

-- name: is_lapsed
select 1 from action_proposals
where org_id = %(org_id)s and id = %(id)s and status = 'pending' and expires_at <= now()

-- name: lock_live
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals
where org_id = %(org_id)s and dedupe_key = %(dedupe_key)s
  and status in ('pending', 'approved', 'executing', 'failed', 'unknown')
for no key update

-- name: lock_of_event
select p.*, p.status = 'pending' and p.expires_at <= now() as lapsed
from action_proposals p join proposal_events pe on pe.proposal_id = p.id
where pe.org_id = %(org_id)s and pe.event_id = %(event_id)s and pe.play = %(play)s
for no key update of p

-- name: link_event
insert into proposal_events (org_id, event_id, play, proposal_id)
values (%(org_id)s, %(event_id)s, %(play)s, %(proposal_id)s)

-- name: lock_open
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals
where org_id = %(org_id)s and status in ('pending', 'failed')
  and (subject_key = %(subject_key)s or object_id = %(object_id)s
       or object_id in (select object_id from snapshots
                        where org_id = %(org_id)s and links @> array[%(object_id)s::text]))
order by id
for no key update

-- name: redraft
update action_proposals
set title = %(title)s, urgency = %(urgency)s, payload = %(payload)s, reasoning = %(reasoning)s,
    evidence = %(evidence)s, drafted_by = %(drafted_by)s, amount_minor = %(amount_minor)s,
    currency = %(currency)s, newer_draft = %(newer_draft)s
where id = %(id)s

-- name: end_without_decision
update action_proposals set status = %(status)s, outcome = %(outcome)s where id = %(id)s

-- name: decide
update action_proposals
set status = %(status)s, outcome = %(outcome)s, decided_at = now(), decided_by = %(operator_id)s
where id = %(id)s
returning approval_no, decided_at

-- name: undo
update action_proposals set status = 'pending', outcome = null, decided_at = null, decided_by = null
where id = %(id)s

-- name: edit
update action_proposals
set status = 'pending', payload = %(payload)s, edited = true, outcome = null,
    decided_at = null, decided_by = null
where id = %(id)s

-- name: set_status
update action_proposals set status = %(status)s, outcome = %(outcome)s where id = %(id)s

-- name: last_executed
select id, decided_at from action_proposals
where org_id = %(org_id)s and dedupe_key = %(dedupe_key)s and status = 'executed'
  and (decided_at > now() - make_interval(hours => %(hours)s)  -- confirmed by a person, without an attempt
       or exists (select 1 from executions e where e.proposal_id = action_proposals.id
                  and e.finished_at > now() - make_interval(hours => %(hours)s)))
order by id desc limit 1

-- name: list
select id, version, effective_status, urgency, vertical, play, action_type, title, object_id, subject_key,
       amount_minor, currency, edited, created_at, decided_at, expires_at, outcome
from proposals_effective
where org_id = %(org_id)s
  and (%(status)s::text is null or effective_status = %(status)s)
  and (%(before)s::bigint is null or id < %(before)s)
order by id desc
limit %(limit)s

-- name: decided
-- What is no longer pending, the latest decision first; what ended without one stands where it was drafted.
select id, version, effective_status, urgency, vertical, play, action_type, title, object_id, subject_key,
       amount_minor, currency, edited, created_at, decided_at, expires_at, outcome
from proposals_effective
where org_id = %(org_id)s and effective_status <> 'pending'
  and (%(status)s::text is null or effective_status = %(status)s)
  and (%(after_at)s::timestamptz is null
       or (coalesce(decided_at, created_at), id) < (%(after_at)s::timestamptz, %(after_id)s::bigint))
order by coalesce(decided_at, created_at) desc, id desc
limit %(limit)s

-- name: inbox
select id, version, 'pending' as effective_status, urgency, vertical, play, action_type, title, object_id,
       subject_key, amount_minor, currency, edited, created_at, decided_at, expires_at, outcome
from action_proposals
where org_id = %(org_id)s and status = 'pending' and expires_at > now()
  and (%(after_rank)s::int is null
       or (array_position(array['critical', 'high', 'medium', 'low'], urgency), -id)
          > (%(after_rank)s::int, -%(after_id)s::bigint))
order by array_position(array['critical', 'high', 'medium', 'low'], urgency), id desc
limit %(limit)s

-- name: counts
select count(*) filter (where status = 'pending' and expires_at > now()) as pending,
       count(*) filter (where status = 'pending' and expires_at > now() and urgency = 'critical') as critical,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status = 'unknown') as unknown
from action_proposals where org_id = %(org_id)s and status in ('pending', 'failed', 'unknown')

-- name: median_decision_seconds
-- From the deciding operator's opening of the version that was decided on; a retry is no such decision.
select percentile_cont(0.5) within group (order by extract(epoch from a.ts - o.opened_at)) as seconds,
       count(*) as decisions
from openings o
join audit_log a on a.proposal_id = o.proposal_id and a.version = o.version
                and a.actor_type = 'user' and a.actor_id = o.operator_id::text
where o.org_id = %(org_id)s and a.from_status = 'pending' and a.to_status in ('approved', 'rejected')
  and a.ts > o.opened_at

-- name: to_execute
select id, approval_no, status, decided_at from action_proposals
where org_id = %(org_id)s and status in ('approved', 'executing') order by id

-- name: record_opening
insert into openings (org_id, proposal_id, version, operator_id)
select org_id, id, version, %(operator_id)s from action_proposals
where org_id = %(org_id)s and id = %(id)s and version = %(version)s
on conflict do nothing
returning opened_at

-- name: events_of
select e.id, e.source, e.type, e.occurred_at, e.dedupe_key, e.livemode
from events e join proposal_events pe on pe.event_id = e.id
where pe.proposal_id = %(id)s order by e.occurred_at, e.id

-- name: versions
select version, author, title, reasoning, payload, payload_sha256, created_at
from proposal_versions where proposal_id = %(id)s order by version
