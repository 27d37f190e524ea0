-- name: insert
-- Insert a pending proposal and link the event that caused it. It inserts nothing, and uses up no number, where a
-- live proposal has the same key, one of just these objects that was executed lately, or one of a stage that was rejected:
-- see lock_live and last_held. `tells` says that it is urgent, and an operator wants to be told of such ones. `metadata`
-- take the place of the transaction's for the audit row, where they are given.
with inserted as (
    insert into action_proposals (org_id, urgency, vertical, play, action_type, title, object_id, subject_key,
                                  covers, payload, verdict, reasoning, evidence, language, translation, drafted_by,
                                  amount_minor, currency, dedupe_key, thread_id, expires_at, version, payload_sha256,
                                  last_actor)
    select %(org_id)s, %(urgency)s, %(vertical)s, %(play)s, %(action_type)s, %(title)s, %(object_id)s,
           %(subject_key)s, %(covers)s, %(payload)s, %(verdict)s, %(reasoning)s, %(evidence)s, %(language)s,
           %(translation)s, %(drafted_by)s, %(amount_minor)s, %(currency)s, %(dedupe_key)s, %(thread_id)s,
           coalesce(%(expires_at)s::timestamptz, now() + make_interval(days => %(expiry_days)s)), 1, '', '{}'
    from (select set_config('execops.metadata',
                            coalesce(%(metadata)s::jsonb::text, current_setting('execops.metadata', true)), true) as set
         ) named
    where named.set is not null and not exists (
        select 1 from action_proposals p
        where p.org_id = %(org_id)s and p.dedupe_key = %(dedupe_key)s
          and (p.status in ('pending', 'approved', 'executing', 'failed', 'unknown')
               or p.status = 'rejected' and %(stage)s::text is not null
               or p.status = 'executed' and p.covers @> %(covers)s::text[]
                  and (p.decided_at > now() - make_interval(hours => %(hours)s)
                       or exists (select 1 from executions e where e.proposal_id = p.id
                                  and e.finished_at > now() - make_interval(hours => %(hours)s)))))
    on conflict (org_id, dedupe_key) where status in ('pending', 'approved', 'executing', 'failed', 'unknown')
    do nothing
    returning id
), linked as (
    insert into proposal_events (org_id, event_id, play, proposal_id)
    select %(org_id)s, %(event_id)s, %(play)s, id from inserted
    on conflict (org_id, event_id, play) do update set proposal_id = excluded.proposal_id
)
select id, %(urgency)s in ('critical', 'high')
           and exists (select from notification_consents c where c.org_id = %(org_id)s and c.allowed) as tells
from inserted

-- name: lock
-- Lock one proposal until the transaction ends; `lapsed` says whether its time has run out.
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals where org_id = %(org_id)s and id = %(id)s for no key update

-- name: lock_object
-- Lock the facts of a proposal: first the snapshots of its objects, then its subject, and the customer whom the ledger
-- knows for an object, as lock_object of the ledger does. Object and subject are fixed for the life of a proposal.
with about as (
    select org_id, object_id || covers as object_ids, subject_key
    from action_proposals where org_id = %(org_id)s and id = %(id)s
), locked as (
    select s.org_id, s.subject_key
    from snapshots s join about on about.org_id = s.org_id and s.object_id = any (about.object_ids)
    order by s.object_id for share of s
)
select pg_advisory_xact_lock(7308 /* subject */, hashtext(org_id || ' ' || subject_key))
from (select org_id, subject_key collate "C" as subject_key from about
      union
      select org_id, subject_key collate "C" from locked where subject_key is not null
      order by subject_key) subjects

-- name: try_lock_thread
-- Try to take the session lock of a proposal's thread; `locked` says whether it worked. `waiting` are the events that are not
-- processed yet, the oldest first: those about its subject, its objects and the customer whom the ledger knows for one of
-- them, and before an action at Stripe those about its payment too. A dispute and a refund name only the payment. `wait` are
-- the seconds until an approval is due.
select p.*, coalesce(extract(epoch from p.due_at - clock_timestamp())::float8, 0) as wait, pg_try_advisory_lock(7306 /* thread */, hashtext(p.thread_id)) as locked,
       array(select e.id
             from (select s.id, s.occurred_at from events s
                   where s.org_id = p.org_id and s.status = 'received' and s.subject_key = any (about.subjects)
                   union
                   select o.id, o.occurred_at from events o
                   where o.org_id = p.org_id and o.status = 'received' and o.object_id = any (about.objects)
                   union
                   select m.id, m.occurred_at from events m
                   where cardinality(about.payments) > 0 and m.org_id = p.org_id and m.status = 'received'
                     and (m.object_id = any (about.payments)
                          or m.payload_json #>> '{data,object,charge}' = any (about.payments)
                          or m.payload_json #>> '{data,object,charge,id}' = any (about.payments)
                          or m.payload_json #>> '{data,object,payment_intent}' = any (about.payments)
                          or m.payload_json #>> '{data,object,payment_intent,id}' = any (about.payments))) e
             order by e.occurred_at, e.id) as waiting
from action_proposals p
cross join lateral (
    select p.object_id || p.covers as objects, array_remove(p.subject_key || array_agg(s.subject_key), null) as subjects,
           case when starts_with(p.action_type, 'stripe_')
                then array_remove(p.payload ->> 'charge' || array_agg(payment), null) else '{}' end as payments
    from snapshots s left join lateral unnest(array_append(s.links, s.state ->> 'intent')) payment on true
    where s.org_id = p.org_id
      and s.object_id = any (p.object_id || p.covers || array_remove(array[p.payload ->> 'charge'], null))
) about
where p.org_id = %(org_id)s and p.id = %(id)s

-- name: lock_to_send
-- Lock the facts of a proposal as lock_object does, then its recipient: two messages to one address go one by one.
with about as (
    select org_id, object_id || covers as object_ids, subject_key, execops_recipient(payload) as recipient
    from action_proposals where org_id = %(org_id)s and id = %(id)s
), locked as (
    select 1 from snapshots s join about on about.org_id = s.org_id and s.object_id = any (about.object_ids)
    order by s.object_id for share of s
)
select pg_advisory_xact_lock(7308 /* subject */, hashtext(about.org_id || ' ' || about.subject_key)),
       pg_advisory_xact_lock(7313 /* recipient */, hashtext(about.org_id || ' ' || about.recipient))
from about, (select count(*) from locked) counted

-- name: lock_approved
-- Lock a proposal that is to be performed. `revoked` names an operator who approved it and was revoked since; `approvals`
-- and `approvals_needed` count where two operators approve; `late`
-- says that it waited beyond its time, which had not run out when it was approved and its undo window ended. `contact` is
-- the last other message to the customer that nobody agreed to. One that is approved, with no attempt that may be out,
-- does not count: the first to be sent goes.
select p.*, p.status = 'pending' and p.expires_at <= now() as lapsed,
       (select min(o.name) from operators o
        where o.disabled_at is not null
          and (o.id = p.decided_by
               or o.id in (select a.operator_id from approvals a
                           where a.org_id = p.org_id and a.proposal_id = p.id and a.version = p.version
                             and a.voided_at is null))) as revoked,
       execops_approvals_given(p.org_id, p.id, p.version, p.payload_sha256) as approvals,
       execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload) as approvals_needed,
       p.decided_at < p.expires_at and p.expires_at + make_interval(secs => %(undo_window)s) <= now() as late,
       (select to_jsonb(c) from execops_contacts(p.id, %(team)s, %(since)s) c
        where (c.status <> 'approved' or execops_may_be_out(c.id)) and not c.agreed
        order by c.at desc, c.id desc limit 1) as contact
from action_proposals p where p.org_id = %(org_id)s and p.id = %(id)s for no key update

-- name: is_lapsed
-- Check without a lock whether a pending proposal's time has run out.
select 1 from action_proposals
where org_id = %(org_id)s and id = %(id)s and status = 'pending' and expires_at <= now()

-- name: lock_live
-- Lock the live proposal with a key, if there is one.
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals
where org_id = %(org_id)s and dedupe_key = %(dedupe_key)s
  and status in ('pending', 'approved', 'executing', 'failed', 'unknown')
for no key update

-- name: holds_words
-- Find a proposal because of which no new words for a draft would be stored: a live one that is decided or holds this very
-- draft, or one that holds the draft back as in last_held.
select id from action_proposals
where org_id = %(org_id)s and dedupe_key = %(dedupe_key)s
  and (status in ('approved', 'executing', 'failed', 'unknown')
       or status = 'pending' and expires_at > now() and action_type = %(action_type)s
          and coalesce(newer_draft, drafted_by) ->> 'draft' = %(draft)s
       or status = 'rejected' and %(stage)s::text is not null
       or status = 'executed' and covers @> %(covers)s::text[]
          and (decided_at > now() - make_interval(hours => %(hours)s)
               or exists (select 1 from executions e where e.proposal_id = action_proposals.id
                          and e.finished_at > now() - make_interval(hours => %(hours)s))))
limit 1

-- name: lock_of_event
-- Lock the proposal of a play that an event has fed already.
select p.*, p.status = 'pending' and p.expires_at <= now() as lapsed
from action_proposals p join proposal_events pe on pe.proposal_id = p.id
where pe.org_id = %(org_id)s and pe.event_id = %(event_id)s and pe.play = %(play)s
for no key update of p

-- name: link_event
-- Note that an event fed a proposal of this play, in place of one that expired.
insert into proposal_events (org_id, event_id, play, proposal_id)
values (%(org_id)s, %(event_id)s, %(play)s, %(proposal_id)s)
on conflict (org_id, event_id, play) do update set proposal_id = excluded.proposal_id

-- name: lock_open
-- Lock, in the order of ids, every proposal that waits for a decision about a subject, about an object or covering it,
-- about another object that links to this object, or about an object that links to one of this customer's.
select *, status = 'pending' and expires_at <= now() as lapsed
from action_proposals
where status in ('pending', 'failed') and id in (
    select id from action_proposals
    where org_id = %(org_id)s and subject_key = %(subject_key)s and status in ('pending', 'failed')
    union
    select id from action_proposals
    where org_id = %(org_id)s and object_id = %(object_id)s and status in ('pending', 'failed')
    union
    select id from action_proposals
    where org_id = %(org_id)s and covers @> array[%(object_id)s::text] and status in ('pending', 'failed')
    union
    select p.id from snapshots s join action_proposals p on p.org_id = s.org_id and p.object_id = s.object_id
    where s.org_id = %(org_id)s and s.links @> array[%(object_id)s::text] and p.status in ('pending', 'failed')
    union
    select p.id from snapshots s join action_proposals p on p.org_id = s.org_id and p.object_id = s.object_id
    where s.org_id = %(org_id)s and s.subject_key = %(subject_key)s and cardinality(s.links) > 0
      and p.status in ('pending', 'failed'))
order by id
for no key update

-- name: redraft
-- Replace the draft of a pending proposal; the database counts the version up where the draft changed. Its time is the
-- play's deadline, else it begins anew. `tells` says that an operator wants to be told of urgent proposals.
update action_proposals
set title = %(title)s, urgency = %(urgency)s, payload = %(payload)s, verdict = %(verdict)s,
    reasoning = %(reasoning)s, evidence = %(evidence)s, language = %(language)s, translation = %(translation)s,
    drafted_by = %(drafted_by)s, amount_minor = %(amount_minor)s, currency = %(currency)s,
    newer_draft = %(newer_draft)s, covers = %(covers)s,
    expires_at = coalesce(%(expires_at)s::timestamptz, now() + make_interval(days => %(expiry_days)s))
where id = %(id)s
returning exists (select from notification_consents c where c.org_id = %(org_id)s and c.allowed) as tells

-- name: set_status
-- Move a proposal on without a person's decision: executing, executed, failed, unknown, expired or superseded.
update action_proposals set status = %(status)s, outcome = %(outcome)s where id = %(id)s

-- name: approve
-- Record an approval, which the database numbers. Where the customer gets other messages since a moment, it needs the
-- answer `again`, and keeps which messages they are; without the answer it changes nothing. The database fixes when the
-- action is due: `delay` seconds from now, and not before `not_before`. `wait` are the seconds until then.
update action_proposals p
set status = 'approved', outcome = null, decided_at = now(), decided_by = %(operator_id)s, again_after = known.ids,
    due_at = greatest(now() + make_interval(secs => %(delay)s), %(not_before)s::timestamptz)
from (select array_agg(c.id order by c.id) as ids
      from execops_contacts(%(id)s, %(team)s, %(since)s) c) known
where p.id = %(id)s and (known.ids is null or %(again)s)
returning p.approval_no, p.due_at, extract(epoch from p.due_at - now())::float8 as wait

-- name: due
-- Read when an approved action that still waits is due.
select due_at, decided_at from action_proposals
where org_id = %(org_id)s and id = %(id)s and status = 'approved' and due_at > now()

-- name: customer_place
-- Read the clock of the database, and where a customer is, as far as their own record tells.
select now() as now, s.state ->> 'time_zone' as time_zone, s.state ->> 'country' as country
from (select 1) as once
left join snapshots s on s.org_id = %(org_id)s and s.object_id = %(subject_key)s and s.object_type = 'customer'

-- name: make_due
-- End the undo window of an approval, whose action may have been performed unseen.
update action_proposals set due_at = now() where id = %(id)s and due_at > now()

-- name: missed
-- Read whether an approved action missed its moment by more than so many seconds, as a pause or a worker that stood still
-- makes it.
select clock_timestamp() - due_at > make_interval(secs => %(slack)s) as missed from action_proposals
where org_id = %(org_id)s and id = %(id)s and status = 'approved' and due_at is not null

-- name: postpone
-- Let an approved action leave later; `wait` are the seconds until then.
update action_proposals set due_at = %(until)s where id = %(id)s and status = 'approved'
returning extract(epoch from due_at - now())::float8 as wait

-- name: decide
-- Record an operator's decision that is no approval. It can be taken back for `window` seconds, if that is given.
update action_proposals
set status = %(status)s, outcome = %(outcome)s, decided_at = now(), decided_by = %(operator_id)s,
    due_at = coalesce(now() + make_interval(secs => %(window)s::float8), due_at)
where id = %(id)s
returning due_at

-- name: end_with
-- Supersede a proposal of a customer who is never contacted again. It comes back if that rejection is taken back within the
-- window, in seconds.
update action_proposals
set status = 'superseded', outcome = %(outcome)s, ended_with = %(rejection)s,
    due_at = now() + make_interval(secs => %(window)s::float8)
where id = %(id)s

-- name: lock_ended
-- Lock a proposal and those that ended with its rejection, in the order of ids; `seconds` are left to take that back.
select id, coalesce(extract(epoch from due_at - clock_timestamp())::float8, 0) as seconds
from action_proposals
where org_id = %(org_id)s and (id = %(id)s or (ended_with = %(id)s and status = 'superseded'))
order by id for no key update

-- name: successor
-- Find the live proposal that has taken the place of one that ended.
select p.id from action_proposals own
join action_proposals p on p.org_id = own.org_id and p.dedupe_key = own.dedupe_key and p.id <> own.id
                       and p.status in ('pending', 'approved', 'executing', 'failed', 'unknown')
where own.org_id = %(org_id)s and own.id = %(id)s limit 1

-- name: of_thread
-- Read how long the end of a thread's proposal can still be taken back, in seconds, and whether it was: a proposal that
-- waits keeps its thread.
select status in ('pending', 'approved', 'failed', 'unknown') as live,
       case when status = 'rejected' or ended_with is not null
            then coalesce(extract(epoch from due_at - clock_timestamp())::float8, 0) else 0 end as seconds
from action_proposals where org_id = %(org_id)s and thread_id = %(thread_id)s

-- name: ask_again
-- Put an approved or ended proposal back to pending. One whose time has run out gets a new time.
update action_proposals
set status = 'pending', outcome = %(why)s, decided_at = null, decided_by = null,
    expires_at = case when expires_at > now() then expires_at
                      else now() + make_interval(days => %(expiry_days)s) end
where id = %(id)s

-- name: edit
-- Put a person's payload into a proposal, which is pending again in its next version, and in sight. A failed one whose time
-- has run out gets a new time.
update action_proposals
set status = 'pending', payload = %(payload)s, edited = true, outcome = null,
    decided_at = null, decided_by = null, snoozed_for = null, snoozed_until = null, snoozed_at = null, snoozed_by = null,
    expires_at = case when expires_at > now() then expires_at
                      else now() + make_interval(days => %(expiry_days)s) end
where id = %(id)s

-- name: last_held
-- Find the last proposal with a key that was executed within the cooldown, or rejected in its stage: further events of
-- a stage ask nothing new of a person. An object that the executed one did not cover is new. A person may have confirmed
-- an execution without any attempt of ours, so the moment of the decision counts too.
select id, status from action_proposals
where org_id = %(org_id)s and dedupe_key = %(dedupe_key)s
  and (status = 'rejected' and %(stage)s::text is not null
       or status = 'executed' and covers @> %(covers)s::text[]
          and (decided_at > now() - make_interval(hours => %(hours)s)
               or exists (select 1 from executions e where e.proposal_id = action_proposals.id
                          and e.finished_at > now() - make_interval(hours => %(hours)s))))
order by id desc limit 1

-- name: to_execute
-- List the approvals that go on after a pause, and which of them have a job already: one that waits (for the undo window,
-- or as the receiving service asked), or one whose attempt runs. A job without an attempt has seen the pause and ends.
with jobs as (
    select distinct (args ->> 'proposal_id')::bigint as proposal_id, (args ->> 'approval_no')::bigint as approval_no,
           status = 'todo' as waits
    from procrastinate_jobs where task_name = 'execute_proposal' and status in ('todo', 'doing')
)
select p.id, p.approval_no, p.status,
       greatest(coalesce(extract(epoch from p.due_at - now())::float8, 0), 0) as wait,
       exists (select 1 from jobs j
               where j.proposal_id = p.id and j.approval_no = p.approval_no
                 and (j.waits or exists (select 1 from executions e
                                         where e.proposal_id = p.id and e.status = 'running'))) as has_job
from action_proposals p
where p.org_id = %(org_id)s and p.status in ('approved', 'executing') order by p.id

-- name: lock_to_ask
-- Lock, in the order of ids, every proposal whose action may have been performed after the backup that the database was
-- restored from, unless a person is asked already whether it was.
select * from action_proposals
where org_id = %(org_id)s and status in ('pending', 'approved', 'executing', 'failed')
order by id for no key update

-- name: note
-- Add a note to the outcome of these proposals, to each once.
update action_proposals set outcome = concat_ws('; ', outcome, %(note)s::text)
where org_id = %(org_id)s and id = any (%(ids)s) and position(%(note)s in coalesce(outcome, '')) = 0
