-- name: keep_snapshot
-- Keep an object's state if it is newer than the one on record.
insert into snapshots (org_id, object_id, object_type, subject_key, state, as_of, rank, tiebreak, links,
                       event_id)
values (%(org_id)s, %(object_id)s, %(object_type)s, %(subject_key)s, %(state)s, %(as_of)s, %(rank)s,
        %(tiebreak)s, %(links)s, %(event_id)s)
on conflict (org_id, object_id) do update
set object_type = excluded.object_type, subject_key = excluded.subject_key, state = excluded.state,
    as_of = excluded.as_of, rank = excluded.rank, tiebreak = excluded.tiebreak, links = excluded.links,
    event_id = excluded.event_id
where (excluded.as_of, excluded.rank, excluded.tiebreak)
    > (snapshots.as_of, snapshots.rank, snapshots.tiebreak)

-- name: book
-- Book one movement, each external id once.
insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, customer, category,
                          source, external_id, event_id, payment_ids)
values (%(org_id)s, %(occurred_at)s, %(kind)s, %(amount_minor)s, %(currency)s, %(counterparty)s, %(customer)s,
        %(category)s, %(source)s, %(external_id)s, %(event_id)s, %(payment_ids)s)
on conflict (org_id, source, external_id) do nothing

-- name: keep_payers
-- Keep the customers of payments; null where one is not known yet. Lock the rows until the transaction ends, in the
-- order of their ids.
insert into payers (org_id, payment, customer)
select %(org_id)s, payment, customer
from unnest(%(payments)s::text[], %(customers)s::text[]) as p (payment, customer)
order by payment
on conflict (org_id, payment) do update set customer = excluded.customer
where payers.customer is null and excluded.customer is not null

-- name: customers_of_payments
-- Find the customers who made these payments.
select distinct customer from payers
where org_id = %(org_id)s and payment = any (%(payments)s) and customer is not null

-- name: name_customers
-- Give the movements of these payments that have no customer the payer of their payment. `keep_payers` goes first: it
-- waits for other writers of these payments, so that this statement sees their rows.
update transactions t
set customer = payer.customer
from (select m.id, min(p.customer) as customer
      from transactions m join payers p on p.org_id = m.org_id and p.payment = any (m.payment_ids)
      where m.org_id = %(org_id)s and m.customer is null and m.payment_ids && %(payments)s::text[]
        and p.customer is not null
      group by m.id) payer
where t.id = payer.id

-- name: name_disputed
-- Give the disputes of these charges the customer of their charge as subject. `keep_payers` goes first: it waits for
-- other writers of these charges, so that this statement sees their snapshots.
update snapshots dispute
set subject_key = charge.subject_key
from snapshots charge
where dispute.org_id = %(org_id)s and dispute.object_type = 'dispute' and dispute.links && %(charges)s::text[]
  and charge.org_id = dispute.org_id and charge.object_type = 'charge' and charge.object_id = any (dispute.links)
  and charge.subject_key <> charge.object_id and dispute.subject_key is distinct from charge.subject_key

-- name: lock_object
-- Lock an object's snapshot, where there is one, and then its subject, and the customer of a dispute: the sorting makes
-- Postgres lock the snapshot first, and the subjects in one order.
with locked as (
    select subject_key, object_type from snapshots where org_id = %(org_id)s and object_id = %(object_id)s for share
)
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || subject_key))
from (select %(subject_key)s::text collate "C" as subject_key
      union
      select subject_key collate "C" from locked where object_type = 'dispute' and subject_key is not null
      order by subject_key) subjects

-- name: lock_subject
-- Let one transaction at a time judge by the facts of a subject.
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || %(subject_key)s))

-- name: lock_subjects
-- Let one transaction at a time judge by the facts of some subjects, and of the customers of these disputes. All take
-- the locks in one order.
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || subject_key))
from (select subject_key collate "C" as subject_key from unnest(%(subject_keys)s::text[]) named (subject_key)
      union
      select subject_key collate "C" from snapshots
      where org_id = %(org_id)s and object_id = any (%(object_ids)s) and object_type = 'dispute'
        and subject_key is not null
      order by subject_key) subjects

-- name: facts_of_subject
-- Read the ledger's rows about some objects and their subject. A customer has one state and a few subscriptions, cards
-- and open invoices, but no end of payments: beside each object the latest twenty are enough. A dispute names its payment
-- only, so its payer tells whose it is. The rows without an object_id say what the customer paid, one row a currency:
-- invoices, or charges where these come to more, since a refund may be of a charge without an invoice. A sum beyond
-- bigint is left out.
select object_id, object_type, subject_key, state, as_of, links from snapshots
where org_id = %(org_id)s
  and (object_id = any (%(object_ids)s)
       or (subject_key = %(subject_key)s and object_type in ('customer', 'subscription', 'card', 'dispute')))
union all
select object_id, object_type, subject_key, state, as_of, links from snapshots
where org_id = %(org_id)s and subject_key = %(subject_key)s and object_id <> all (%(object_ids)s)
  and object_type = 'invoice' and state ->> 'status' = 'open'
union all
(select object_id, object_type, subject_key, state, as_of, links from snapshots
 where org_id = %(org_id)s and subject_key = %(subject_key)s and object_type in ('charge', 'payment_intent')
   and object_id <> all (%(object_ids)s)
 order by as_of desc, object_id
 limit 20)
union all
(select object_id, object_type, subject_key, state, as_of, links from snapshots
 where org_id = %(org_id)s and subject_key = %(subject_key)s and object_type = 'confirmation'
   and object_id <> all (%(object_ids)s)
 order by as_of desc, object_id
 limit 20)
union all
select s.object_id, s.object_type, %(subject_key)s, s.state, s.as_of, s.links from snapshots s
where s.org_id = %(org_id)s and s.object_type = 'dispute' and s.state ->> 'open' = 'true'
  and s.object_id <> all (%(object_ids)s)
  and exists (select from payers p where p.org_id = s.org_id and p.payment = any (s.links)
              and p.customer = %(subject_key)s)
union all
(select null, currency, null,
        jsonb_build_object('currency', currency, 'amount_minor', greatest(invoiced, charged) + back,
                           'payments', invoices),
        null, null
 from (select currency, coalesce(sum(amount_minor) filter (where kind = 'invoice_paid'), 0) as invoiced,
              coalesce(sum(amount_minor) filter (where kind = 'charge'), 0) as charged,
              coalesce(sum(amount_minor) filter (where kind in ('refund', 'dispute')), 0) as back,
              count(*) filter (where kind = 'invoice_paid') as invoices
       from transactions
       where org_id = %(org_id)s and customer = %(subject_key)s
         and kind in ('invoice_paid', 'charge', 'refund', 'dispute')
       group by currency) paid
 where invoices > 0 and abs(greatest(invoiced, charged) + back) < 9223372036854775808)
order by as_of desc, object_id, object_type

-- name: keep_balance
-- Keep the balance of an account at a moment; of two for one moment the lower one, in either order.
insert into balances (org_id, account, kind, amount_minor, currency, as_of)
values (%(org_id)s, %(account)s, %(kind)s, %(amount_minor)s, %(currency)s, %(as_of)s)
on conflict (org_id, account, kind, currency, as_of) do update
set amount_minor = least(balances.amount_minor, excluded.amount_minor)  -- the same whichever comes first

-- name: keep_mrr_level
-- Keep the MRR of a subscription from a moment on.
insert into mrr_levels (org_id, subscription, customer, at, rank, tiebreak, currency, level_minor, event_id)
values (%(org_id)s, %(subscription)s, %(customer)s, %(at)s, %(rank)s, %(tiebreak)s, %(currency)s,
        %(level_minor)s, %(event_id)s)
on conflict do nothing

-- name: clear_mrr_changes
-- Delete a subscription's MRR changes before they are derived anew.
delete from mrr_changes where org_id = %(org_id)s and subscription = %(subscription)s

-- name: derive_mrr_changes
-- Derive a subscription's MRR changes from all its levels. Every state has a level in every currency that the
-- subscription ever had: zero where the state wrote none.
with written as (
    select * from mrr_levels where org_id = %(org_id)s and subscription = %(subscription)s
), states as (
    select at, rank, tiebreak, max(customer) as customer, max(event_id) as event_id
    from written group by at, rank, tiebreak
), currencies as (
    select distinct currency from written
), levels as (
    select s.*, c.currency, coalesce(w.level_minor, 0) as level_minor
    from states s cross join currencies c left join written w using (at, rank, tiebreak, currency)
), steps as (
    select *, lag(level_minor, 1, 0::bigint) over w as before,
           coalesce(max(level_minor) over (w rows between unbounded preceding and 1 preceding), 0) as ever
    from levels
    window w as (partition by currency order by at, rank, tiebreak)
)
insert into mrr_changes (org_id, customer, subscription, at, delta_minor, currency, kind, event_id)
select %(org_id)s, customer, %(subscription)s, at, level_minor - before, currency,
       case when before = 0 and ever = 0 then 'new'
            when before = 0 then 'reactivation'
            when level_minor = 0 then 'churn'
            when level_minor > before then 'expansion'
            else 'contraction' end,
       event_id
from steps where level_minor <> before

-- name: linked_snapshots
-- Read the objects that some objects link to, such as a dispute's charge; `linking` is the object that links.
select me.object_id as linking, linked.object_id, linked.object_type, linked.state
from snapshots me join snapshots linked on linked.org_id = me.org_id and linked.object_id = any (me.links)
where me.org_id = %(org_id)s and me.object_id = any (%(object_ids)s)
order by me.object_id, linked.object_id

-- name: is_top_customer
-- Check whether a customer is in the tenth that paid most since a moment, in one of their currencies. Fewer than ten
-- customers have no tenth.
with paid as (
    select customer, currency,
           greatest(sum(amount_minor) filter (where kind = 'invoice_paid'),
                    sum(amount_minor) filter (where kind = 'charge'))
           + coalesce(sum(amount_minor) filter (where kind in ('refund', 'dispute')), 0) as amount
    from transactions
    where org_id = %(org_id)s and kind in ('invoice_paid', 'charge', 'refund', 'dispute') and customer is not null
      and occurred_at >= %(since)s
    group by customer, currency
    having count(*) filter (where kind = 'invoice_paid') > 0
), ranked as (
    select customer, percent_rank() over (partition by currency order by amount) as rank,
           count(*) over (partition by currency) as customers
    from paid
)
select coalesce(bool_or(rank >= 0.9 and customers >= 10), false) as top from ranked where customer = %(customer)s
