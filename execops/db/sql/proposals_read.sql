-- name: get
-- Read one proposal with its effective status, how many operators must approve it, and how many have.
select p.*, execops_approvals_given(p.org_id, p.id, p.version, p.payload_sha256) as approvals,
       execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload) as approvals_needed
from proposals_effective p where p.org_id = %(org_id)s and p.id = %(id)s

-- name: list
-- List a page of proposals of any status, the newest first. Each way to ask reads an index that has the page at its end. An
-- effective status is the stored one but for a pending proposal: that may be out of time, or snoozed.
select p.id, p.version, p.effective_status, p.urgency, p.vertical, p.play, p.action_type, p.title, p.object_id, p.subject_key,
       p.amount_minor, p.currency, p.edited, p.created_at, p.decided_at, p.expires_at, p.outcome,
       coalesce(c.approvals, 0) as approvals, coalesce(c.approvals_needed, 1) as approvals_needed, p.snoozed_for, p.snoozed_until
from proposals_effective p left join lateral (
    select c.approvals, c.approvals_needed from approvals_counted c where c.id = p.id and c.version = p.version limit 1
) c on true  -- `limit` keeps it a look at each row: as a join it may count all approvals for each of them
where p.id = any (array(
    (select id from action_proposals
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and %(status)s::text is null
     order by id desc limit %(limit)s)
    union all
    (select id from action_proposals
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = %(status)s and %(status)s::text <> 'pending'
     order by id desc limit %(limit)s)
    union all
    (select id from action_proposals
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'pending' and %(status)s::text = 'pending' and expires_at > now()
       and (snoozed_until is null or snoozed_until <= now())
     order by id desc limit %(limit)s)
    union all
    (select id from action_proposals
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'pending' and %(status)s::text = 'snoozed' and expires_at > now() and snoozed_until > now()
     order by id desc limit %(limit)s)
    union all
    (select id from action_proposals
     where org_id = %(org_id)s and (%(before)s::bigint is null or id < %(before)s)
       and status = 'pending' and %(status)s::text = 'expired' and expires_at <= now()
     order by id desc limit %(limit)s)))
order by p.id desc
limit %(limit)s

-- name: decided
-- List the proposals that are no longer pending, the latest decision first. A proposal that ended without a decision
-- stands at the moment when it was drafted. Each status has its page at the end of an index; of those the latest are the page.
select p.id, p.version, p.effective_status, p.urgency, p.vertical, p.play, p.action_type, p.title, p.object_id, p.subject_key,
       p.amount_minor, p.currency, p.edited, p.created_at, p.decided_at, p.expires_at, p.outcome,
       coalesce(c.approvals, 0) as approvals, coalesce(c.approvals_needed, 1) as approvals_needed, p.snoozed_for, p.snoozed_until
from proposals_effective p left join lateral (
    select c.approvals, c.approvals_needed from approvals_counted c where c.id = p.id and c.version = p.version limit 1
) c on true  -- `limit` keeps it a look at each row: as a join it may count all approvals for each of them
where p.id = any (array(
    select page.id from unnest(array['approved', 'executing', 'executed', 'failed', 'unknown', 'rejected', 'superseded',
                                     'expired']) ended (status)
    cross join lateral (
        select id from action_proposals
        where org_id = %(org_id)s and status = ended.status
          and (%(after_at)s::timestamptz is null
            or (coalesce(decided_at, created_at), id) < (%(after_at)s::timestamptz, %(after_id)s::bigint))
        order by coalesce(decided_at, created_at) desc, id desc limit %(limit)s) page
    where %(status)s::text is null or ended.status = %(status)s
    union all
    (select id from action_proposals
     where org_id = %(org_id)s and status = 'pending' and expires_at <= now()
       and coalesce(%(status)s::text, 'expired') = 'expired'
       and (%(after_at)s::timestamptz is null
            or (coalesce(decided_at, created_at), id) < (%(after_at)s::timestamptz, %(after_id)s::bigint))
     order by coalesce(decided_at, created_at) desc, id desc limit %(limit)s)))
order by coalesce(p.decided_at, p.created_at) desc, p.id desc
limit %(limit)s

-- name: inbox
-- List a page of pending proposals, the most urgent first, then the newest.
select id, version, 'pending' as effective_status, urgency, vertical, play, action_type, title, object_id,
       subject_key, amount_minor, currency, edited, created_at, decided_at, expires_at, outcome,
       coalesce(approvals, 0) as approvals, coalesce(approvals_needed, 1) as approvals_needed, snoozed_for, snoozed_until
from action_proposals p left join lateral (
    select c.approvals, c.approvals_needed from approvals_counted c where c.id = p.id and c.version = p.version limit 1
) c on true  -- `limit` keeps it a look at each row: as a join it may count all approvals for each of them
where org_id = %(org_id)s and status = 'pending' and expires_at > now()
  and (snoozed_until is null or snoozed_until <= now())
  and (%(after_rank)s::int is null
       or (array_position(array['critical', 'high', 'medium', 'low'], urgency), -id)
          > (%(after_rank)s::int, -%(after_id)s::bigint))
order by array_position(array['critical', 'high', 'medium', 'low'], urgency), id desc
limit %(limit)s

-- name: counts
-- Count the proposals that wait for a person, for the header of the inbox, and read when the next snoozed one is back.
with live as (
    select status, urgency, snoozed_until, status = 'pending' and expires_at > now() as open,
           coalesce(snoozed_until > now(), false) as snoozed
    from action_proposals where org_id = %(org_id)s and status in ('pending', 'failed', 'unknown')
)
select count(*) filter (where open and not snoozed) as pending,
       count(*) filter (where open and not snoozed and urgency = 'critical') as critical,
       count(*) filter (where open and not snoozed and urgency in ('critical', 'high')) as urgent,
       count(*) filter (where open and snoozed) as snoozed,
       min(snoozed_until) filter (where open and snoozed) as back_at,
       count(*) filter (where status = 'failed') as failed,
       count(*) filter (where status = 'unknown') as unknown
from live

-- name: quiet
-- Read what an empty inbox says of itself: when the last event from outside arrived, why it is ignored if it is, and
-- since when nothing waits.
with arrived as (
    select received_at, status, outcome from events
    where org_id = %(org_id)s and source <> 'execops' order by id desc limit 1)
select (select received_at from arrived) as arrived_at,
       (select entry ->> 'ignored' from arrived, jsonb_array_elements(outcome) entry
        where status = 'ignored' and entry ? 'ignored' limit 1) as ignored,
       greatest(
           (select ts from audit_log where org_id = %(org_id)s and from_status = 'pending' and to_status <> 'pending'
            order by seq desc limit 1),
           (select max(expires_at) from action_proposals
            where org_id = %(org_id)s and status = 'pending' and expires_at <= now())) as since

-- name: median_decision_seconds
-- Measure the median time to decision: from the moment when the deciding operator opened the version that was
-- decided on. A retry does not count.
select percentile_cont(0.5) within group (order by extract(epoch from a.ts - o.opened_at)) as seconds,
       count(*) as decisions
from openings o
join audit_log a on a.proposal_id = o.proposal_id and a.version = o.version
                and a.actor_type = 'user' and a.actor_id = o.operator_id::text
join action_proposals p on p.id = o.proposal_id and p.vertical <> 'setup'
where o.org_id = %(org_id)s and a.from_status = 'pending' and a.to_status in ('approved', 'rejected')
  and a.ts > o.opened_at

-- name: events_of
-- List the events that fed a proposal, the oldest first.
select e.id, e.source, e.type, e.occurred_at, e.dedupe_key, e.livemode
from events e join proposal_events pe on pe.event_id = e.id
where pe.proposal_id = %(id)s order by e.occurred_at, e.id

-- name: versions
-- List the versions of a proposal, the oldest first.
select version, author, title, verdict, reasoning, payload, payload_sha256, created_at
from proposal_versions where proposal_id = %(id)s order by version

-- name: beside
-- List the other proposals about the same subject that wait for a decision, or are snoozed: the most urgent first, then
-- the newest.
with beside as materialized (
    select * from proposals_effective
    where org_id = %(org_id)s and id <> %(id)s and status = 'pending' and expires_at > now()
      and subject_key = (select subject_key from action_proposals where org_id = %(org_id)s and id = %(id)s)
    order by array_position(array['critical', 'high', 'medium', 'low'], urgency), id desc
    limit %(limit)s
)
select p.id, p.version, p.effective_status, p.urgency, p.vertical, p.play, p.action_type, p.title,
       p.object_id, p.subject_key, p.amount_minor, p.currency, p.edited, p.created_at, p.decided_at, p.expires_at,
       p.outcome, coalesce(c.approvals, 0) as approvals, coalesce(c.approvals_needed, 1) as approvals_needed,
       p.snoozed_for, p.snoozed_until
from beside p left join lateral (
    select c.approvals, c.approvals_needed from approvals_counted c where c.id = p.id and c.version = p.version limit 1
) c on true  -- `limit` keeps it a look at each row: as a join it may count all approvals for each of them
order by array_position(array['critical', 'high', 'medium', 'low'], p.urgency), p.id desc

-- name: contacts
-- List the other messages to the customer of a proposal since a moment, the latest first.
select id, title, status, at from execops_contacts(%(id)s, %(team)s, %(since)s)
order by at desc, id desc limit %(limit)s

-- name: approvers
-- List who approved the version of a proposal that stands, the first one first.
select o.name as operator, a.at
from action_proposals p
join approvals a on a.org_id = p.org_id and a.proposal_id = p.id and a.version = p.version
                and a.payload_sha256 = p.payload_sha256 and a.voided_at is null
join operators o on o.id = a.operator_id and o.disabled_at is null
where p.org_id = %(org_id)s and p.id = %(id)s order by a.at, a.id

-- name: open_subjects
-- List the subjects of the open proposals of these plays.
select distinct subject_key from action_proposals
where org_id = %(org_id)s and status in ('pending', 'approved') and play = any(%(plays)s::text[])
order by subject_key
