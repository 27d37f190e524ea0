-- name: creditable
-- Find the paid invoices with the last action executed before the payment, of any play. A confirmed action counts from
-- its last attempt that may have gone out, and without one from the confirmation.
with paid as (
    select distinct on (external_id) external_id as object_id, amount_minor, currency, occurred_at as paid_at,
           event_id
    from transactions
    where org_id = %(org_id)s and kind = 'invoice_paid' and external_id = any (%(object_ids)s)
      and amount_minor > 0
    order by external_id, occurred_at, id
)
select paid.object_id, paid.amount_minor, paid.currency, paid.paid_at, paid.event_id, action.id as proposal_id,
       action.subject_key, action.executed_at
from paid
cross join lateral (
    select p.id, p.subject_key, coalesce(sent.at, p.decided_at) as executed_at
    from action_proposals p
    left join lateral (select max(e.finished_at) as at from executions e
                       where e.proposal_id = p.id and e.status in ('succeeded', 'unknown')) sent on true
    where p.org_id = %(org_id)s and p.status = 'executed'
      and (p.object_id = paid.object_id or p.covers @> array[paid.object_id])
      and paid.paid_at - coalesce(sent.at, p.decided_at) between interval '0' and interval '30 days'
    order by executed_at desc, p.id desc
    limit 1
) action
order by paid.object_id

-- name: events_of_invoice
-- Read the latest events of an invoice, which tell what was open at each moment.
select * from events
where org_id = %(org_id)s and subject_key = %(subject_key)s and object_id = %(object_id)s and status <> 'ignored'
order by occurred_at desc, id desc
limit 100

-- name: credit
-- Credit a paid invoice to an action. A credit moves to a later action, and a late event may correct its amount, but not where
-- payloads that told it are gone: `whole` is false then.
insert into recoveries (org_id, object_id, proposal_id, amount_minor, currency, paid_at, executed_at, event_id,
                        last_actor)
values (%(org_id)s, %(object_id)s, %(proposal_id)s, %(amount_minor)s, %(currency)s, %(paid_at)s, %(executed_at)s,
        %(event_id)s, '{}')
on conflict (org_id, object_id) do update
set proposal_id = excluded.proposal_id, executed_at = excluded.executed_at,
    corrected_minor = nullif(excluded.amount_minor, recoveries.amount_minor)
where (excluded.executed_at, excluded.proposal_id) > (recoveries.executed_at, recoveries.proposal_id)
   or ((excluded.executed_at, excluded.proposal_id) = (recoveries.executed_at, recoveries.proposal_id)
       and excluded.amount_minor <> coalesce(recoveries.corrected_minor, recoveries.amount_minor) and %(whole)s)

-- name: executed_by_thread
-- Find the objects of a thread's proposal, if it was executed.
select object_id, subject_key, covers from action_proposals
where org_id = %(org_id)s and thread_id = %(thread_id)s and status = 'executed'
