-- name: keep_snapshot
insert into snapshots (org_id, object_id, object_type, subject_key, state, as_of, rank, tiebreak, event_id)
values (%(org_id)s, %(object_id)s, %(object_type)s, %(subject_key)s, %(state)s, %(as_of)s, %(rank)s,
        %(tiebreak)s, %(event_id)s)
on conflict (org_id, object_id) do update
set object_type = excluded.object_type, subject_key = excluded.subject_key, state = excluded.state,
    as_of = excluded.as_of, rank = excluded.rank, tiebreak = excluded.tiebreak, event_id = excluded.event_id
where (excluded.as_of, excluded.rank, excluded.tiebreak)
    > (snapshots.as_of, snapshots.rank, snapshots.tiebreak)

-- name: book
insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, customer, category,
                          source, external_id, event_id)
values (%(org_id)s, %(occurred_at)s, %(kind)s, %(amount_minor)s, %(currency)s, %(counterparty)s, %(customer)s,
        %(category)s, %(source)s, %(external_id)s, %(event_id)s)
on conflict (org_id, source, external_id) do nothing

-- name: lock_snapshot
select 1 from snapshots where org_id = %(org_id)s and object_id = %(object_id)s for share

-- name: lock_subject
select pg_advisory_xact_lock(7308, hashtext(%(org_id)s || ' ' || %(subject_key)s))

-- name: snapshots_of_subject
-- A customer has one state and a few subscriptions, but charges without end: the latest twenty say enough.
select object_id, object_type, state, as_of from snapshots
where org_id = %(org_id)s
  and (object_id = %(object_id)s
       or (subject_key = %(subject_key)s and object_type in ('customer', 'subscription')))
union
(select object_id, object_type, state, as_of from snapshots
 where org_id = %(org_id)s and subject_key = %(subject_key)s and object_type = 'charge'
 order by as_of desc, object_id
 limit 20)
order by as_of desc, object_id

-- name: paid_by_customer
select currency, sum(amount_minor)::bigint as amount_minor, count(*) filter (where kind = 'invoice_paid') as payments
from transactions
where org_id = %(org_id)s and customer = %(customer)s and kind in ('invoice_paid', 'refund')
group by currency
order by currency
