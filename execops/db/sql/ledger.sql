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

-- name: events_of_second
-- Read the other events about an object in one second that have their payload and count.
select * from events
where org_id = %(org_id)s and source = %(source)s and object_id = %(object_id)s and occurred_at = %(occurred_at)s
  and id <> %(own)s and status <> 'ignored' and payload_gone is null
order by id limit %(most)s

-- name: exchange_snapshot
-- Put another state of the same second and rank into the place of the one on record.
update snapshots
set subject_key = %(subject_key)s, state = %(state)s, links = %(links)s, event_id = %(event_id)s, tiebreak = %(tiebreak)s
where org_id = %(org_id)s and object_id = %(object_id)s and as_of = %(as_of)s and rank = %(rank)s
  and (event_id, tiebreak) is distinct from (%(event_id)s, %(tiebreak)s)

-- name: book
-- Book one movement, each external id once.
insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, customer, category,
                          purpose, source, external_id, event_id, payment_ids, case_id)
values (%(org_id)s, %(occurred_at)s, %(kind)s, %(amount_minor)s, %(currency)s, %(counterparty)s, %(customer)s,
        %(category)s, %(purpose)s, %(source)s, %(external_id)s, %(event_id)s, %(payment_ids)s, %(case_id)s)
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

-- name: keep_charge_totals
-- Keep the sums that an event shows of its charge.
insert into charge_totals (org_id, charge, at, captured, refunded_minor, before_minor, released_minor, currency,
                           customer, payment_ids, event_id)
values (%(org_id)s, %(charge)s, %(at)s, %(captured)s, %(refunded_minor)s, %(before_minor)s, %(released_minor)s,
        %(currency)s, %(customer)s, %(payment_ids)s, %(event_id)s)
on conflict do nothing

-- name: keep_open_amount
-- Keep what an event tells to be open of an invoice.
insert into open_amounts (org_id, invoice, at, tiebreak, failed, attempt, open_minor, paid_minor, currency, customer,
                          event_id)
values (%(org_id)s, %(invoice)s, %(at)s, %(tiebreak)s, %(failed)s, %(attempt)s, %(open_minor)s, %(paid_minor)s,
        %(currency)s, %(customer)s, %(event_id)s)
on conflict do nothing

-- name: mark_releases
-- Tell refunds from releases: what an authorisation held and nobody captured goes back without having come. A charge
-- that is not captured has releases only. Of one that was captured in part, the first refund of just the other part,
-- made at the capture, is a release.
with latest as (
    select distinct on (charge) charge, captured, released_minor, payment_ids
    from charge_totals
    where org_id = %(org_id)s and payment_ids && %(payments)s::text[]
    order by charge, at desc, captured desc, released_minor
), captures as (
    select l.charge, min(t.at) as at
    from latest l join charge_totals t using (charge)
    where t.org_id = %(org_id)s and t.captured and t.released_minor = l.released_minor
    group by l.charge
), refunds as (
    select m.id, l.captured, c.at as captured_at, m.occurred_at,
           l.released_minor > 0 and m.amount_minor = -l.released_minor as of_rest,
           row_number() over (partition by l.charge, m.amount_minor order by m.occurred_at, m.external_id) as place
    from latest l
    left join captures c using (charge)
    join transactions m on m.org_id = %(org_id)s and m.source = %(source)s and m.payment_ids && l.payment_ids
         and m.kind in ('refund', 'release') and split_part(m.external_id, ':', 2) <> 'refunded'
), judged as (
    select id, case when not captured or (of_rest and place = 1 and occurred_at <= captured_at + interval '1 hour')
                    then 'release' else 'refund' end as kind
    from refunds
)
update transactions m set kind = judged.kind
from judged where m.id = judged.id and m.kind <> judged.kind

-- name: derive_refunds
-- Derive the refunds that no event names from the sums of their charges: at each moment, what a charge shows as refunded
-- beyond its released part and its refunds that are booked by name, and what came back of it beyond what came back by name.
-- A refund that failed between two events leaves the sum as it was, so the sum before an event counts too, where that tells
-- it. The event of a charge comes within an hour of its refund.
with totals as (
    select t.*, greatest(0, t.refunded_minor - first_value(t.released_minor) over w) as refunded,
           case when t.before_minor is not null
                then greatest(0, t.before_minor - first_value(t.released_minor) over w) end as before
    from charge_totals t
    where org_id = %(org_id)s and payment_ids && %(payments)s::text[]
    window w as (partition by charge order by at desc, captured desc, released_minor)
), levels as (
    select t.*, coalesce(lag(refunded) over w, 0) as latest, coalesce(before, lag(refunded) over w, 0) as low
    from totals t
    window w as (partition by charge order by at, refunded, captured)
), sums as (
    select l.*, sum(greatest(0, low - latest) + greatest(0, refunded - low)) over w as out,
           sum(greatest(0, latest - low) + greatest(0, low - refunded)) over w as back
    from levels l
    window w as (partition by charge order by at, refunded, captured)
), unnamed as (
    select s.*, (greatest(0, s.out - named.out) - greatest(0, s.back - named.back))::bigint as open
    from sums s
    cross join lateral (
        select coalesce(-sum(m.amount_minor) filter (where m.amount_minor < 0), 0) as out,
               coalesce(sum(m.amount_minor) filter (where m.amount_minor > 0), 0) as back
        from transactions m
        where m.org_id = %(org_id)s and m.source = %(source)s and m.kind = 'refund'
          and m.payment_ids && s.payment_ids and m.occurred_at <= s.at + interval '1 hour'
          and split_part(m.external_id, ':', 2) <> 'refunded') named
), steps as (
    select *, open - lag(open, 1, 0::bigint) over (partition by charge order by at, refunded, captured) as step
    from unnamed
), derived as (
    select charge || ':refunded:' || extract(epoch from at)::bigint || ':' || refunded_minor as external_id,
           charge, min(at) as at, -sum(step)::bigint as amount_minor, min(currency) as currency,
           min(customer) as customer, min(event_id) as event_id, min(payment_ids) as payment_ids
    from steps group by 1, 2 having sum(step) <> 0
), gone as (
    delete from transactions m
    where m.org_id = %(org_id)s and m.source = %(source)s and m.kind = 'refund'
      and m.payment_ids && %(payments)s::text[]
      and split_part(m.external_id, ':', 2) = 'refunded'
      and split_part(m.external_id, ':', 1) in (select charge from totals)
      and m.external_id not in (select external_id from derived)
)
insert into transactions as m (org_id, occurred_at, kind, amount_minor, currency, customer, source, external_id,
                               event_id, payment_ids)
select %(org_id)s, at, 'refund', amount_minor, currency, customer, %(source)s, external_id, event_id, payment_ids
from derived
on conflict (org_id, source, external_id) do update
set amount_minor = excluded.amount_minor, customer = coalesce(m.customer, excluded.customer)
where m.amount_minor <> excluded.amount_minor or (m.customer is null and excluded.customer is not null)

-- name: drop_claims
-- Delete the movements that were derived from a disputed amount, once Stripe's own entries of the case are booked.
delete from transactions claimed
using transactions line
where claimed.org_id = %(org_id)s and claimed.case_id = any (%(cases)s)
  and starts_with(claimed.external_id, claimed.case_id || ':claimed')
  and line.org_id = claimed.org_id and line.case_id = claimed.case_id
  and not starts_with(line.external_id, line.case_id || ':claimed')

-- name: settle_cases
-- Make one case of the lines of a dispute: it counts once, and where the bank took the money in another currency than
-- the charge's, each line bears its part of the disputed amount: nothing remains of it once all came back.
with lines as (
    select m.id, m.case_id, m.currency, m.amount_minor, m.occurred_at, m.external_id,
           row_number() over (partition by m.case_id, m.amount_minor < 0 order by m.occurred_at, m.external_id) > 1
               as further,
           -sum(m.amount_minor) over w as taken, -sum(m.amount_minor) over w + m.amount_minor as before,
           (dispute.state ->> 'amount')::numeric as claimed, dispute.state ->> 'currency' as charge_currency
    from transactions m
    left join snapshots dispute on dispute.org_id = m.org_id and dispute.object_id = m.case_id
    where m.org_id = %(org_id)s and m.case_id = any (%(cases)s)
    window w as (partition by m.case_id order by m.occurred_at, m.amount_minor > 0, m.external_id)
), cases as (
    select case_id, max(taken) as most,
           bool_and(charge_currency is not null and claimed > 0 and currency <> charge_currency)
               and min(currency) = max(currency) and max(taken) > 0 as abroad
    from lines group by case_id
), settled as (
    select l.id, l.further, case when c.abroad then l.charge_currency end as charge_currency,
           case when c.abroad then (round(l.claimed * l.before / c.most) - round(l.claimed * l.taken / c.most))::bigint
           end as charge_minor
    from lines l join cases c using (case_id)
)
update transactions m
set further = s.further, charge_minor = s.charge_minor, charge_currency = s.charge_currency
from settled s
where m.id = s.id
  and (m.further, m.charge_minor, m.charge_currency) is distinct from (s.further, s.charge_minor, s.charge_currency)

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

-- name: name_owners
-- Give the objects of these types that are about these payments the customer of their payment as subject. `keep_payers`
-- goes first: it waits for other writers of these payments, so that this statement sees their snapshots.
update snapshots about
set subject_key = payment.subject_key
from snapshots payment
where about.org_id = %(org_id)s and about.object_type = any (%(types)s) and about.links && %(payments)s::text[]
  and payment.org_id = about.org_id and payment.object_type in ('charge', 'payment_intent')
  and payment.object_id = any (about.links) and payment.subject_key <> payment.object_id
  and about.subject_key is distinct from payment.subject_key

-- name: lock_object
-- Lock the snapshots of objects, where there are some, and then their subject, and the customer whom the ledger knows for
-- one that names none: the sorting makes Postgres lock the snapshots first, and all in one order.
with locked as (
    select subject_key from snapshots
    where org_id = %(org_id)s and object_id = any (%(object_ids)s)
    order by object_id for share
)
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || subject_key))
from (select %(subject_key)s::text collate "C" as subject_key
      union
      select subject_key collate "C" from locked where subject_key is not null
      order by subject_key) subjects

-- name: lock_subject
-- Let one transaction at a time judge by the facts of a subject.
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || %(subject_key)s))

-- name: lock_subjects
-- Let one transaction at a time judge by the facts of some subjects, and of the customers whom the ledger knows for these
-- objects. All take the locks in one order.
select pg_advisory_xact_lock(7308 /* subject */, hashtext(%(org_id)s || ' ' || subject_key))
from (select subject_key collate "C" as subject_key from unnest(%(subject_keys)s::text[]) named (subject_key)
      union
      select subject_key collate "C" from snapshots
      where org_id = %(org_id)s and object_id = any (%(object_ids)s) and subject_key is not null
      order by subject_key) subjects

-- name: facts_of_subject
-- Read the ledger's rows about some objects and their subject. A customer has one state and a few subscriptions, cards
-- and open invoices, but no end of payments and settled invoices: the latest are enough. A dispute names its payment
-- only, so its payer tells whose it is. The rows without an object_id say what the customer paid, one row a currency:
-- invoices, or charges where these come to more, since a refund may be of a charge without an invoice. Charges alone, such
-- as those of payment links, stand in rows `charged:` and the currency. A sum beyond bigint is left out. The states come as text: most of them were read before. Open invoices that rest are left out but for
-- the latest one, where `until` is now and not infinity; the row `context` has the digest and the moment that they rest by, see
-- `execops.books.resting`. Its comparisons are three, so that each reads a part of an index.
with resting as (
    select coalesce((select context from resting_subjects where org_id = %(org_id)s and subject_key = %(subject)s),
                    '00000000-0000-0000-0000-000000000000') as context
), awake as (
    select invoice, changes from open_invoices
    where org_id = %(org_id)s and subject_key = %(subject)s and context < (select context from resting)
    union all
    select invoice, changes from open_invoices
    where org_id = %(org_id)s and subject_key = %(subject)s and context > (select context from resting)
    union all
    select invoice, changes from open_invoices
    where org_id = %(org_id)s and subject_key = %(subject)s and context = (select context from resting)
      and rests_until <= %(until)s
), read_open as (
    select invoice, max(changes) as changes
    from (select invoice, changes from awake
          union all
          (select invoice, null from open_invoices where org_id = %(org_id)s and subject_key = %(subject)s
           order by as_of desc, invoice collate "C" desc limit 1)) both_kinds
    group by invoice
)
select object_id, object_type, subject_key, state::text as state, as_of, links, null::bigint as changes from snapshots
where org_id = %(org_id)s
  and (object_id = any (%(ids)s)
       or (subject_key = %(subject)s and object_type in ('customer', 'subscription', 'card', 'dispute')))
union all
select object_id, object_type, subject_key, state::text, as_of, links, changes
from read_open cross join lateral (
    select * from snapshots where org_id = %(org_id)s and object_id = read_open.invoice limit 1) s
where read_open.invoice <> all (%(ids)s)
union all
(select object_id, object_type, subject_key, state::text, as_of, links, null from snapshots
 where org_id = %(org_id)s and subject_key = %(subject)s and object_id <> all (%(ids)s)
   and object_type = 'invoice' and state ->> 'status' <> 'open'
 order by as_of desc, object_id
 limit 3)
union all
(select object_id, object_type, subject_key, state::text, as_of, links, null from snapshots
 where org_id = %(org_id)s and subject_key = %(subject)s and object_type in ('charge', 'payment_intent')
   and object_id <> all (%(ids)s)
 order by as_of desc, object_id
 limit 20)
union all
(select object_id, object_type, subject_key, state::text, as_of, links, null from snapshots
 where org_id = %(org_id)s and subject_key = %(subject)s and object_type in ('confirmation', 'setup_intent')
   and object_id <> all (%(ids)s)
 order by as_of desc, object_id
 limit 20)
union all
select object_id, object_type, %(subject)s, state::text, as_of, links, null from snapshots s
where org_id = %(org_id)s and object_type = 'dispute' and state ->> 'open' = 'true' and object_id <> all (%(ids)s)
  and exists (select from payers p where p.org_id = s.org_id and p.payment = any (s.links)
              and p.customer = %(subject)s)
union all
(select null, case when invoices > 0 then currency else 'charged:' || currency end, null,
        jsonb_build_object('currency', currency, 'amount_minor', greatest(invoiced, charged) + back,
                           'payments', case when charged > invoiced then charges else invoices end,
                           'by', case when charged > invoiced then 'charges' else 'invoices' end)::text,
        null, null, null
 from (select currency, coalesce(sum(amount_minor) filter (where kind = 'invoice_paid'), 0) as invoiced,
              coalesce(sum(amount_minor) filter (where kind = 'charge'), 0) as charged,
              coalesce(sum(amount_minor) filter (where kind in ('refund', 'dispute')), 0) as back,
              count(*) filter (where kind = 'invoice_paid') as invoices,
              count(*) filter (where kind = 'charge') as charges
       from (select kind, coalesce(charge_currency, currency) as currency,
                   coalesce(charge_minor, amount_minor) as amount_minor
            from transactions
            where org_id = %(org_id)s and customer = %(subject)s
              and kind in ('invoice_paid', 'charge', 'refund', 'dispute')) moved
       group by currency) paid
 where invoices + charges > 0 and abs(greatest(invoiced, charged) + back) < 9223372036854775808)
union all
select null, 'context', null, jsonb_build_object('context', context, 'beside', beside, 'payments', payments,
                                                'judged_at', judged_at)::text, null, null, null
from resting_subjects where org_id = %(org_id)s and subject_key = %(subject)s
order by as_of desc, object_id, object_type

-- name: touched_invoices
-- Read the open invoices of a subject that rest, and that some payments may tell something of: the payments name them, or
-- one of these amounts and ids is theirs.
select s.object_id, s.object_type, s.subject_key, s.state::text as state, s.as_of, s.links, o.changes
from open_invoices o
cross join lateral (select * from snapshots where org_id = %(org_id)s and object_id = o.invoice limit 1) s
where o.org_id = %(org_id)s and o.subject_key = %(subject_key)s and o.context = %(context)s
  and o.rests_until > %(until)s and (o.invoice = any (%(invoices)s) or o.payments && %(payments)s::text[])
order by s.as_of desc, s.object_id

-- name: keep_context
-- Keep by what a customer's open invoices may rest, and the latest moment of a judgement.
insert into resting_subjects as r (org_id, subject_key, context, beside, payments, judged_at)
values (%(org_id)s, %(subject_key)s, %(context)s, %(beside)s, %(payments)s, %(now)s)
on conflict (org_id, subject_key) do update
set context = excluded.context, beside = excluded.beside, payments = excluded.payments,
    judged_at = greatest(r.judged_at, excluded.judged_at)

-- name: wake
-- Let open invoices rest no more. One that another transaction changes now is left out: that transaction may wait for the
-- lock of the subject, which the caller holds.
with resting as (
    select invoice from open_invoices
    where org_id = %(org_id)s and subject_key = %(subject_key)s and context = %(context)s and invoice = any (%(invoices)s)
    for update skip locked
)
update open_invoices o set context = default, rests_until = default
from resting where o.org_id = %(org_id)s and o.invoice = resting.invoice

-- name: lay_to_rest
-- Let open invoices rest until a moment each, where nothing has changed them since they were read. One that another
-- transaction changes now is left out: that transaction may wait for the lock of the subject, which the caller holds.
with unchanged as (
    select o.invoice, judged.until
    from unnest(%(invoices)s::text[], %(changes)s::bigint[], %(untils)s::timestamptz[]) judged (invoice, changes, until)
    join open_invoices o on o.org_id = %(org_id)s and o.invoice = judged.invoice and o.changes = judged.changes
    where o.subject_key = %(subject_key)s
    for update of o skip locked
)
update open_invoices o set context = %(context)s, rests_until = unchanged.until
from unchanged where o.org_id = %(org_id)s and o.invoice = unchanged.invoice

-- name: charges_beside
-- Read the charge that an object is about, and its customer's charges before it and in the five days after it, the newest
-- first: the customer's latest charges may be much later. A refund that has an event of its own counts although no event
-- of its charge has shown it.
select beside.object_id,
       beside.state || jsonb_build_object('amount_refunded', greatest(
           coalesce((beside.state ->> 'amount_refunded')::bigint, 0),
           coalesce((select -sum(refund.amount_minor) from transactions refund
                     where refund.org_id = beside.org_id and refund.customer = %(customer)s
                       and refund.kind = 'refund' and refund.payment_ids @> array[beside.object_id]
                       and refund.currency = beside.state ->> 'currency'), 0))) as state
from snapshots about
join snapshots charged on charged.org_id = about.org_id and charged.object_type = 'charge'
                      and charged.object_id = any (about.links)
join snapshots beside on beside.org_id = about.org_id and beside.object_type = 'charge'
                     and beside.subject_key = %(customer)s
                     and (beside.state ->> 'created')::timestamptz
                         <= (charged.state ->> 'created')::timestamptz + interval '5 days'
where about.org_id = %(org_id)s and about.object_id = %(about)s
order by beside.state ->> 'created' desc, beside.object_id
limit %(most)s

-- name: same_payment
-- Read the other objects that are about the payment of an object: its refunds, disputes and warnings, the newest first.
select other.object_id, other.object_type, other.state, other.as_of
from snapshots about
join snapshots other on other.org_id = about.org_id and other.links && about.links
                    and other.object_id <> about.object_id and other.object_type = any (%(types)s)
where about.org_id = %(org_id)s and about.object_id = %(about)s
order by other.as_of desc, other.object_id

-- name: payouts_beside
-- Read the other payouts to the bank account of a payout, by their creation: those from a month before it on.
select other.object_id, other.state, other.as_of
from snapshots about
join snapshots other on other.org_id = about.org_id and other.links && about.links and other.object_type = 'payout'
                    and other.object_id <> about.object_id
where about.org_id = %(org_id)s and about.object_id = %(about)s and about.object_type = 'payout'
  and (other.state ->> 'created')::timestamptz >= (about.state ->> 'created')::timestamptz - interval '30 days'
order by (other.state ->> 'created')::timestamptz, other.object_id
limit %(most)s

-- name: written
-- List the actions about a subject that went out since a moment, or may have, the latest first. One that is approved has not
-- gone out: what happens before its moment may make it moot, and then whoever left the word to it would have to speak.
select p.play, p.action_type, p.object_id, p.covers, p.decided_at as at from action_proposals p
where p.org_id = %(org_id)s and p.subject_key = %(subject_key)s and p.decided_at >= %(since)s
  and (p.status = 'executed'
       or p.status in ('executing', 'unknown')
          and exists (select from executions e where e.proposal_id = p.id and e.status in ('running', 'unknown')))
order by p.decided_at desc, p.id desc

-- name: keep_balance
-- Keep the balance of an account at a moment; of two for one moment the lower one, in either order.
insert into balances (org_id, account, kind, amount_minor, currency, as_of)
values (%(org_id)s, %(account)s, %(kind)s, %(amount_minor)s, %(currency)s, %(as_of)s)
on conflict (org_id, account, kind, currency, as_of) do update
set amount_minor = least(balances.amount_minor, excluded.amount_minor)  -- the same whichever comes first

-- name: linked_snapshots
-- Read the objects that some objects link to, such as a dispute's charge; `linking` is the object that links.
select me.object_id as linking, linked.object_id, linked.object_type, linked.state
from snapshots me join snapshots linked on linked.org_id = me.org_id and linked.object_id = any (me.links)
where me.org_id = %(org_id)s and me.object_id = any (%(object_ids)s)
order by me.object_id, linked.object_id

-- name: is_top_customer
-- Check whether a customer is in the tenth that paid most since a moment, in one of their currencies. Fewer than ten
-- customers have no tenth. One who paid nothing is in none, and then nobody else's payments are read. The sums since another
-- moment are kept (0060_paid_lately.sql): what was paid between the two moments is taken off, or added where the sums begin
-- later. `stale` asks for `settle_paid`.
with kept as (
    select paid_since_of(%(org_id)s) as since
    where exists (select from transactions where org_id = %(org_id)s and customer = %(customer)s
                  and kind = 'invoice_paid' and occurred_at >= %(since)s)
), moved as (
    select customer, currency, sum(invoiced) as invoiced, sum(charged) as charged, sum(back) as back,
           sum(invoices) as invoices
    from (select p.customer, p.currency, p.invoiced, p.charged, p.back, p.invoices from kept, paid_lately p
          where p.org_id = %(org_id)s and p.occurred_at is not null and p.occurred_at >= kept.since
          union all
          select part.customer, part.currency, part.invoiced, part.charged, part.back, part.invoices
          from kept, transactions t
          cross join lateral paid_part(t, case when t.occurred_at < %(since)s then -1 else 1 end) part
          where t.org_id = %(org_id)s and t.kind in ('invoice_paid', 'charge', 'refund', 'dispute')
            and t.occurred_at >= least(kept.since, %(since)s) and t.occurred_at < greatest(kept.since, %(since)s)) parts
    group by customer, currency
), changed as (
    select m.customer, m.currency, p.paid as kept,
           case when m.invoices + coalesce(p.invoices, 0) > 0
                then greatest(m.invoiced + coalesce(p.invoiced, 0), m.charged + coalesce(p.charged, 0))
                     + m.back + coalesce(p.back, 0) end as paid
    from moved m
    left join paid_lately p on p.org_id = %(org_id)s and p.customer = m.customer and p.currency = m.currency
                           and p.occurred_at is null
), own as (
    select currency, paid from changed where customer = %(customer)s and paid is not null
    union all
    select p.currency, p.paid from kept, paid_lately p
    where p.org_id = %(org_id)s and p.customer = %(customer)s and p.paid is not null
      and not exists (select from changed c where c.customer = p.customer and c.currency = p.currency)
), ranked as (
    select (select count(*) from paid_lately p
            where p.org_id = %(org_id)s and p.currency = own.currency and p.paid is not null) + c.more as customers,
           (select count(*) from paid_lately p
            where p.org_id = %(org_id)s and p.currency = own.currency and p.paid < own.paid) + c.more_below as below
    from own
    cross join lateral (
        select count(c.paid) - count(c.kept) as more,
               count(*) filter (where c.paid < own.paid) - count(*) filter (where c.kept < own.paid) as more_below
        from changed c where c.currency = own.currency) c
)
select coalesce(bool_or(customers >= 10 and 10 * below >= 9 * (customers - 1)), false) as top,
       exists (select from kept where since < %(since)s - interval '2 days'
               or exists (select from paid_lately where org_id = %(org_id)s and occurred_at is not null
                          offset %(most)s)) as stale
from ranked

-- name: settle_paid
-- Add the single movements to the sums of what each customer paid lately, and let these begin at a moment.
select paid_lately_settle(%(org_id)s, %(since)s)

-- name: affected
-- Read the paying customers whom an issue hit, with the minutes of the hits, up to a time before its latest hit: a user's id
-- or mail address is a customer's. Paying are those with an MRR, and those who paid since a moment. Hits before the last end
-- of the issue belong to an earlier occasion. Each user is matched once, however many hits an hour has.
with hits as (
    select h.state ->> 'user' as user_id, h.state ->> 'email' as email, array_agg(h.as_of) as minutes
    from snapshots h
    where h.org_id = %(org_id)s and h.subject_key = %(issue)s and h.object_type = 'sentry_hit'
      and h.as_of > (select max(l.as_of) from snapshots l
                     where l.org_id = %(org_id)s and l.subject_key = %(issue)s and l.object_type = 'sentry_hit')
                    - %(look_back)s
      and h.as_of >= coalesce((select date_trunc('minute', e.as_of) from snapshots e
                               where e.org_id = %(org_id)s and e.object_id = %(end)s), '-infinity')
    group by user_id, email
), matched as (
    select h.minutes, c.object_id, c.state from hits h
    join snapshots c on c.org_id = %(org_id)s and c.object_type = 'customer' and c.object_id = h.user_id
    union all
    select h.minutes, c.object_id, c.state from hits h
    join snapshots c on c.org_id = %(org_id)s and c.object_type = 'customer'
                    and lower(c.state ->> 'email') = h.email
)
select m.object_id as customer, m.state ->> 'name' as name, m.state ->> 'email' as email,
       coalesce(recurring.mrr, '{}') as mrr, m.minutes
from matched m
cross join lateral (
    select jsonb_object_agg(levels.currency, levels.minor) as mrr
    from (select r.currency, sum(r.delta_minor) as minor from mrr_changes r
          where r.org_id = %(org_id)s and r.customer = m.object_id and r.at <= %(now)s
          group by r.currency having sum(r.delta_minor) > 0) levels) recurring
where m.state ->> 'deleted' is distinct from 'true'
  and (recurring.mrr is not null
       or exists (select from transactions t
                  where t.org_id = %(org_id)s and t.customer = m.object_id and t.kind in ('invoice_paid', 'charge')
                    and t.amount_minor > 0 and t.occurred_at >= %(paid_since)s))
order by m.object_id
