-- name: stored
-- Count the stored events that a replay processes, and find the moments of the first and the last one.
select count(*) as events, min(least(occurred_at, received_at)) as first_at, max(least(occurred_at, received_at)) as last_at
from events where org_id = %(org_id)s and status <> 'ignored' and source <> 'execops'

-- name: events_after
-- Read a page of stored events in the order in which they came.
select id, source, type, least(occurred_at, received_at) as at, (to_jsonb(e) - 'outcome')::text as row
from events e
where org_id = %(org_id)s and id > %(after)s and status <> 'ignored' and source <> 'execops' and payload_gone is null
order by id limit %(limit)s

-- name: put_events
-- Store events as they were before they were processed.
insert into events (id, org_id, source, type, occurred_at, received_at, payload_json, dedupe_key, object_id,
                    subject_key, livemode, api_version)
overriding system value
select e.id, e.org_id, e.source, e.type, e.occurred_at, e.received_at, e.payload_json, e.dedupe_key, e.object_id,
       e.subject_key, e.livemode, e.api_version
from unnest(%(rows)s::text[]) stored (row)
cross join lateral jsonb_populate_record(null::events, stored.row::jsonb) e

-- name: snapshots_without_event
-- Read a page of the states that a backfill or a lookup told, in the order of their moments.
select as_of as at, object_id as key, to_jsonb(s)::text as row
from snapshots s
where org_id = %(org_id)s and event_id is null
  and (as_of, object_id) > (coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(key)s::text, ''))
order by as_of, object_id limit %(limit)s

-- name: put_snapshots
-- Keep states that no event told, as keep_snapshot of the ledger keeps one.
insert into snapshots (org_id, object_id, object_type, subject_key, state, as_of, rank, tiebreak, links)
select s.org_id, s.object_id, s.object_type, s.subject_key, s.state, s.as_of, s.rank, s.tiebreak, s.links
from unnest(%(rows)s::text[]) stored (row)
cross join lateral jsonb_populate_record(null::snapshots, stored.row::jsonb) s
on conflict (org_id, object_id) do update
set object_type = excluded.object_type, subject_key = excluded.subject_key, state = excluded.state,
    as_of = excluded.as_of, rank = excluded.rank, tiebreak = excluded.tiebreak, links = excluded.links, event_id = null
where (excluded.as_of, excluded.rank, excluded.tiebreak) > (snapshots.as_of, snapshots.rank, snapshots.tiebreak)

-- name: movements_without_event
-- Read a page of the movements that a backfill booked, in the order of their moments.
select occurred_at as at, id::text as key, to_jsonb(t)::text as row
from transactions t
where org_id = %(org_id)s and event_id is null
  and (occurred_at, id) > (coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(key)s::text, '0')::bigint)
order by occurred_at, id limit %(limit)s

-- name: put_movements
-- Book movements that no event told, each once, and keep who made their payments.
with booked as (
    insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, customer, category,
                              purpose, source, external_id, payment_ids, case_id, further, charge_minor,
                              charge_currency)
    select t.org_id, t.occurred_at, t.kind, t.amount_minor, t.currency, t.counterparty, t.customer, t.category,
           t.purpose, t.source, t.external_id, t.payment_ids, t.case_id, t.further, t.charge_minor, t.charge_currency
    from unnest(%(rows)s::text[]) stored (row)
    cross join lateral jsonb_populate_record(null::transactions, stored.row::jsonb) t
    on conflict (org_id, source, external_id) do nothing
    returning payment_ids, customer
)
insert into payers (org_id, payment, customer)
select distinct on (payment) %(org_id)s, payment, customer
from booked cross join lateral unnest(payment_ids) payment
where customer is not null
order by payment, customer
on conflict (org_id, payment) do update set customer = excluded.customer
where payers.customer is null

-- name: balances_without_event
-- Read a page of the balances of accounts that no bank file told, in the order of their moments.
select as_of as at, account || ' ' || kind || ' ' || currency as key, to_jsonb(b)::text as row
from balances b
where org_id = %(org_id)s and not starts_with(account, 'bank:')
  and (as_of, account || ' ' || kind || ' ' || currency)
      > (coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(key)s::text, ''))
order by as_of, account || ' ' || kind || ' ' || currency limit %(limit)s

-- name: put_balances
-- Keep balances that no event told.
insert into balances (org_id, account, kind, amount_minor, currency, as_of)
select b.org_id, b.account, b.kind, b.amount_minor, b.currency, b.as_of
from unnest(%(rows)s::text[]) stored (row)
cross join lateral jsonb_populate_record(null::balances, stored.row::jsonb) b
on conflict do nothing

-- name: suppressed
-- List the customers who are never contacted.
select subject_key from suppressions where org_id = %(org_id)s

-- name: put_rules
-- Forbid every play but the one that is tried, and suppress customers.
with forbidden as (
    insert into policies (org_id, kind, name, allowed, decided_by)
    select %(org_id)s, 'play', name, false, 'backtest' from unnest(%(forbidden)s::text[]) name
)
insert into suppressions (org_id, subject_key, created_by)
select %(org_id)s, subject_key, 'backtest' from unnest(%(suppressed)s::text[]) subject_key

-- name: note_endings
-- Note when a proposal ends, and the states of the objects that it is about at that moment.
do $scratch$
begin
    create table endings (
        proposal_id bigint primary key, ended_at timestamptz not null, objects jsonb not null);
    create function note_ending() returns trigger language plpgsql as $$
    begin
        insert into endings
        select new.id, now(), coalesce(jsonb_agg(jsonb_build_object('type', s.object_type, 'state', s.state)), '[]')
        from snapshots s
        where s.org_id = new.org_id
          and s.object_id = any (case when new.covers = '{}' then array[new.object_id] else new.covers end)
        on conflict do nothing;
        return null;
    end $$;
    drop trigger event_left_received on events;  -- nobody asks how many events there were
    create trigger note_ending after update of status on action_proposals
        for each row when (new.status in ('superseded', 'expired')) execute function note_ending();
end $scratch$

-- name: drafted
-- List what a replay drafted and how it ended. `again` says that a later draft took its place.
select p.id, p.title, p.urgency, p.action_type, p.amount_minor, p.currency, p.status, p.outcome, p.created_at,
       p.expires_at, p.dedupe_key, p.object_id, p.covers, n.ended_at, n.objects,
       array(select pe.event_id from proposal_events pe where pe.proposal_id = p.id order by pe.event_id) as event_ids,
       exists (select 1 from action_proposals later
               where later.org_id = p.org_id and later.subject_key = p.subject_key and later.id > p.id
                 and (split_part(later.thread_id, ':', 4) = p.id::text
                      or later.object_id = p.object_id and later.created_at = n.ended_at)) as again
from action_proposals p left join endings n on n.proposal_id = p.id
where p.org_id = %(org_id)s order by p.created_at, p.id

-- name: decided_in_reality
-- Find the real proposal of a play for each draft of a replay: one that the same events fed, else one with the same key
-- of about the same time.
select distinct on (d.id) d.id as draft, p.id, p.effective_status as status, p.edited, p.decided_at, p.outcome,
       o.name as decided_by
from jsonb_to_recordset(%(drafts)s) as d (id bigint, dedupe_key text, event_ids bigint[], since timestamptz,
                                          until timestamptz)
cross join lateral (
    select pe.proposal_id, 1 as choice from proposal_events pe
    where pe.org_id = %(org_id)s and pe.play = %(play)s and pe.event_id = any (d.event_ids)
    union all
    select same.id, 2 from action_proposals same
    where same.org_id = %(org_id)s and same.dedupe_key = d.dedupe_key and same.created_at between d.since and d.until
) alike
join proposals_effective p on p.id = alike.proposal_id
left join operators o on o.id = p.decided_by
order by d.id, alike.choice, p.id desc

-- name: acted_in_reality
-- Find the last real action about the objects of each draft, performed in the thirty days before the draft's end. A
-- notice is acknowledged only, so it is no action.
select distinct on (d.id) d.id as draft, p.id, x.acted_at
from jsonb_to_recordset(%(drafts)s) as d (id bigint, object_ids text[], until timestamptz)
join action_proposals p on p.org_id = %(org_id)s and p.status in ('executed', 'unknown') and p.action_type <> 'notice'
     and (p.object_id = any (d.object_ids) or p.covers && d.object_ids)
cross join lateral (
    select coalesce(max(e.finished_at), p.decided_at) as acted_at from executions e
    where e.proposal_id = p.id and e.status in ('succeeded', 'unknown')) x
where x.acted_at <= d.until and x.acted_at > d.until - interval '30 days'
order by d.id, x.acted_at desc, p.id desc

-- name: analyze
-- Count the rows for the planner. No other process does that for tables that are not committed, and without counts it
-- takes indexes that fit each row.
analyze events, action_proposals, proposal_events, snapshots, transactions, payers, balances, charge_totals, mrr_levels,
        mrr_changes, rollup_kinds, rollup_parties
