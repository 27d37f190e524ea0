-- name: lock_snapshots
-- Lock the states of a customer's objects, in the order in which every writer locks them.
select object_id from snapshots
where org_id = %(org_id)s and object_id = any (execops_subjects(%(org_id)s, %(subject_key)s))
order by object_id for update

-- name: subjects
-- List the keys that rows about a customer have.
select unnest(execops_subjects(%(org_id)s, %(subject_key)s)) as key

-- name: holds
-- Count what is on record about a customer; `waiting` are events that are not processed yet.
with keys as (
    select execops_subjects(%(org_id)s, %(subject_key)s) as own
), ours as (
    select status from action_proposals, keys where org_id = %(org_id)s and subject_key = any (own)
), own_events as (
    select id, status, payload_gone from events, keys where org_id = %(org_id)s and subject_key = any (own)
    union
    select id, status, payload_gone from events, keys where org_id = %(org_id)s and object_id = any (own)
)
select (select count(*) from own_events where payload_gone is distinct from 'erased') as events,
       (select count(*) from own_events where status = 'received') as waiting,
       (select count(*) from ours) as proposals,
       (select count(*) from ours where status in ('pending', 'approved', 'failed')) as live,
       (select count(*) from ours where status in ('executing', 'unknown')) as in_flight,
       (select count(*) from snapshots, keys where org_id = %(org_id)s and object_id = any (own)) as snapshots,
       (select count(*) from transactions where org_id = %(org_id)s and customer = %(subject_key)s) as movements

-- name: lock_live
-- Lock, in the order of ids, a customer's proposals that have not ended; `may_be_out` says that an attempt may have gone out.
select p.*, p.status = 'pending' and p.expires_at <= now() as lapsed, execops_may_be_out(p.id) as may_be_out
from action_proposals p
where p.org_id = %(org_id)s and p.subject_key = any (execops_subjects(%(org_id)s, %(subject_key)s))
  and p.status in ('pending', 'approved', 'executing', 'failed', 'unknown')
order by p.id for no key update of p

-- name: waiting_lines
-- Count the events of a bank's file that name a customer, as the erasure finds them, and are not processed yet.
select count(*) as n from events e
where e.org_id = %(org_id)s and e.source = 'bank' and e.status = 'received'
  and (lower(e.payload_json ->> 'vendor') = lower(%(subject_key)s)
       or exists (select from snapshots s, jsonb_each_text(s.state) v
                  where s.org_id = e.org_id and s.object_id = any (execops_subjects(e.org_id, %(subject_key)s))
                    and v.key in ('name', 'email', 'customer_name', 'customer_email') and length(v.value) > 2
                    and lower(v.value) = lower(e.payload_json ->> 'vendor')))

-- name: sending
-- Count the notifications about a customer's proposals that are being sent.
select count(*) as n from notifications n join action_proposals p on p.id = n.proposal_id
where p.org_id = %(org_id)s and p.subject_key = any (execops_subjects(%(org_id)s, %(subject_key)s))
  and n.status = 'sending'

-- name: erase
-- Erase the words about a customer: see the migration 0052_erasure.sql.
select execops_erase(%(org_id)s, %(subject_key)s) as counts
