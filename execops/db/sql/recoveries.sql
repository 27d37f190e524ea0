-- name: credit
-- Credit paid invoices to the last action executed before the payment, of any play. A confirmed action counts from
-- its last attempt that may have gone out, and without one from the confirmation.
with paid as (
    select distinct on (external_id) external_id as object_id, amount_minor, currency, occurred_at as paid_at,
           event_id
    from transactions
    where org_id = %(org_id)s and kind = 'invoice_paid' and external_id = any (%(object_ids)s)
      and amount_minor > 0
    order by external_id, occurred_at, id
)
insert into recoveries (org_id, object_id, proposal_id, amount_minor, currency, paid_at, executed_at, event_id,
                        last_actor)
select %(org_id)s, paid.object_id, action.id, paid.amount_minor, paid.currency, paid.paid_at,
       action.executed_at, paid.event_id, '{}'
from paid
cross join lateral (
    select p.id, coalesce(sent.at, p.decided_at) as executed_at
    from action_proposals p
    left join lateral (select max(e.finished_at) as at from executions e
                       where e.proposal_id = p.id and e.status in ('succeeded', 'unknown')) sent on true
    where p.org_id = %(org_id)s and p.object_id = paid.object_id and p.status = 'executed'
      and paid.paid_at - coalesce(sent.at, p.decided_at) between interval '0' and interval '30 days'
    order by executed_at desc, p.id desc
    limit 1
) action
order by paid.object_id
on conflict (org_id, object_id) do update
set proposal_id = excluded.proposal_id, executed_at = excluded.executed_at
where (excluded.executed_at, excluded.proposal_id) > (recoveries.executed_at, recoveries.proposal_id)

-- name: executed_by_thread
-- Find the object of a thread's proposal, if it was executed.
select object_id, subject_key from action_proposals
where org_id = %(org_id)s and thread_id = %(thread_id)s and status = 'executed'
