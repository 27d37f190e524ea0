-- name: zone
-- Read the time zone in which the sums were made, and how often it changed within a day.
select zone, (select count(*) from unnest(moved_at) moment where moment > now() - interval '1 day') as moves
from rollup_zone where org_id = %(org_id)s

-- name: rebuild
-- Make all sums anew in another time zone.
select rollup_rebuild(%(org_id)s, %(zone)s)

-- name: watermark
-- Read how far the data of an answer reaches: what came last, and the latest moments up to the day that stands for
-- today. It reads the time zone in the same snapshot, so that no answer uses sums that were made for another zone.
select (select z.zone from rollup_zone z where z.org_id = %(org_id)s) as zone,
       (select id from events where org_id = %(org_id)s order by id desc limit 1) as event_id,
       (select max(occurred_at) from events
        where org_id = %(org_id)s and occurred_at < past.moment) as event_at,
       (select id from transactions where org_id = %(org_id)s order by id desc limit 1) as transaction_id,
       (select max(occurred_at) from transactions
        where org_id = %(org_id)s and occurred_at < past.moment) as transaction_at
from (select (%(as_of)s::date + 1)::timestamp at time zone %(zone)s::text as moment) past

-- name: vendors
-- List the vendors that a question may name, with their categories, which it may name too.
with paid as (
    select party from rollup_parties
    where org_id = %(org_id)s and role = 'vendor' and grain = 'month' and party <> ''
    group by party
    having sum(moves_in + moves_out) > 0
    order by party
    limit %(limit)s
)
select p.party as name, coalesce(o.category, k.category, 'uncategorised') as category
from paid p
left join own_categories o on o.org_id = %(org_id)s and o.key = vendor_key(p.party)
left join vendor_categories k on k.vendor = lower(p.party)
order by p.party

-- name: aliases
-- List the other names of the vendors that a question may name.
select a.alias as name, a.vendor from vendor_aliases a
where a.org_id = %(org_id)s and a.vendor = any(%(vendors)s::text[])
order by a.key
limit %(limit)s

-- name: vendor_of
-- Read the name in the books of a vendor, who may be called by an alias or in another spelling; null where nobody has it.
select array_remove(array[coalesce(
    (select t.counterparty from transactions t
     where t.org_id = %(org_id)s and t.counterparty = vendor_of(%(org_id)s, %(name)s) limit 1),
    (select t.counterparty from transactions t
     where t.org_id = %(org_id)s and t.counterparty is not null
       and vendor_key(t.counterparty) = vendor_key(vendor_of(%(org_id)s, %(name)s)) limit 1))], null) as meant

-- name: customer_of
-- Read the id of a customer, who may be called by name, or the ids of several with that name; null where nobody has it.
select coalesce(
    (select array[%(name)s::text]
     where exists (select from snapshots where org_id = %(org_id)s and object_id = %(name)s)
        or exists (select from snapshots where org_id = %(org_id)s and subject_key = %(name)s)
        or exists (select from transactions where org_id = %(org_id)s and customer = %(name)s)
        or exists (select from mrr_levels where org_id = %(org_id)s and customer = %(name)s)),
    (select array_agg(id order by id)
     from (select object_id as id from snapshots
           where org_id = %(org_id)s and object_type = 'customer' and lower(state ->> 'name') = lower(%(name)s)
           union
           select i.state ->> 'customer' from open_invoices o
           join snapshots i on i.org_id = o.org_id and i.object_id = o.invoice
           where o.org_id = %(org_id)s and i.object_type = 'invoice' and i.state ->> 'customer' <> ''
             and lower(i.state ->> 'customer_name') = lower(%(name)s)
           order by 1 limit 3) named)) as meant

-- name: category_of
-- Read a category as it is written in the books, or that of vendors whom everybody knows; null where there is none.
select array_agg(category) as meant
from (select category from (select category from own_categories where org_id = %(org_id)s
                            union select category from vendor_categories
                            union select 'uncategorised') categories
      where lower(category) = lower(%(name)s)
      order by category limit 1) written

-- name: customers
-- List the customers with a name, which a question may use: their own, else that of an open invoice of theirs.
with of_customers as (
    select object_id as id, state ->> 'name' as name from snapshots
    where org_id = %(org_id)s and object_type = 'customer' and coalesce(state ->> 'name', '') <> ''
    order by object_id
    limit %(limit)s
), of_invoices as (
    select distinct on (i.state ->> 'customer') i.state ->> 'customer' as id, i.state ->> 'customer_name' as name
    from open_invoices as o
    join snapshots as i on i.org_id = o.org_id and i.object_id = o.invoice
    where o.org_id = %(org_id)s and i.object_type = 'invoice' and coalesce(i.state ->> 'customer_name', '') <> ''
      and not exists (select from snapshots as c
                      where c.org_id = o.org_id and c.object_id = i.state ->> 'customer' and c.object_type = 'customer'
                        and coalesce(c.state ->> 'name', '') <> '')
    order by i.state ->> 'customer', o.as_of desc
    limit %(limit)s
)
select id, name from of_customers
union all
select id, name from of_invoices where id is not null
order by id
limit %(limit)s

-- name: currencies
-- List the currencies that a question may name.
select distinct currency from rollup_kinds where org_id = %(org_id)s and grain = 'month' order by currency

-- name: lock_rebuild
-- Let one transaction at a time rebuild the sums.
select pg_advisory_xact_lock(7312 /* rollup rebuild */, 0)

-- name: events_behind
-- List the events behind a row of an answer. For movements: the events that reported them; imported and backfilled
-- movements have none.
select e.id, e.source, e.type, e.occurred_at, e.dedupe_key, e.livemode
from events e
where e.org_id = %(org_id)s and e.source <> 'execops'
  and (e.source <> 'bank' or %(types)s::text[] is not null or %(kinds)s::text[] is not null)  -- else: of webhooks
  and (%(types)s::text[] is null or e.type = any(%(types)s::text[]))
  and (%(object_id)s::text is null or e.object_id = %(object_id)s::text)
  and (%(reason)s::text is null
       or e.object_id in (select s.object_id from snapshots s
                          where s.org_id = %(org_id)s and s.object_type = 'dispute'
                            and coalesce(s.state ->> 'reason', '') = %(reason)s::text))
  and (not %(recovered)s::boolean
       or e.type = 'invoice.payment_failed'
          and e.object_id in (select r.invoice
                              from invoice_recoveries(%(org_id)s, %(since)s::date::timestamp at time zone %(zone)s::text,
                                                      %(until)s::date::timestamp at time zone %(zone)s::text,
                                                      %(customer)s::text, true) r
                              where (%(currency)s::text is null or r.currency = %(currency)s::text)
                                and (%(attempt)s::text is null or r.attempt::text = %(attempt)s::text)
                                and (%(decline)s::text is null or coalesce(r.decline, 'unknown') = %(decline)s::text)
                                and (%(decline_class)s::text is null
                                     or coalesce(r.decline_class, 'unknown') = %(decline_class)s::text)))
  and case when %(kinds)s::text[] is null
      then (%(customer)s::text is null or e.subject_key = %(customer)s::text)
           and (%(since)s::date is null
                or e.occurred_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                   and e.occurred_at < %(until)s::date::timestamp at time zone %(zone)s::text)
      else e.id in (select t.event_id from transactions t
                    where t.org_id = %(org_id)s and t.kind = any(%(kinds)s::text[]) and t.event_id is not null
                      and t.occurred_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                      and t.occurred_at < %(until)s::date::timestamp at time zone %(zone)s::text
                      and (%(currency)s::text is null or %(currency)s::text in (t.currency, t.charge_currency))
                      and (%(customer)s::text is null or coalesce(t.customer, '') = %(customer)s::text)
                      and (%(vendor)s::text is null or coalesce(t.counterparty, '') = %(vendor)s::text)
                      and (%(category)s::text is null
                           or vendor_category(%(org_id)s, coalesce(t.counterparty, '')) = %(category)s::text))
      end
order by e.occurred_at desc, e.id desc
limit %(limit)s

-- name: proposals_behind
-- List the proposals behind a row of an answer. `execops.books.cash.spend_object` names a vendor's month.
select p.id, p.version, p.effective_status, p.urgency, p.vertical, p.play, p.action_type, p.title, p.object_id,
       p.subject_key, p.amount_minor, p.currency, p.edited, p.created_at, p.decided_at, p.expires_at, p.outcome,
       coalesce(c.approvals, 0) as approvals, coalesce(c.approvals_needed, 1) as approvals_needed,
       p.snoozed_for, p.snoozed_until
from proposals_effective p left join lateral (
    select c.approvals, c.approvals_needed from approvals_counted c where c.id = p.id and c.version = p.version limit 1
) c on true  -- `limit` keeps it a look at each row: as a join it may count all approvals for each of them
where p.org_id = %(org_id)s
  and (%(play)s::text is null or p.play = %(play)s::text)
  and (%(status)s::text is null or p.effective_status = %(status)s::text)
  and (%(action_type)s::text is null or p.action_type = %(action_type)s::text)
  and (%(customer)s::text is null or p.subject_key = %(customer)s::text)
  and (%(object_id)s::text is null or p.object_id = %(object_id)s::text or %(object_id)s::text = any(p.covers)
       or p.id in (select pe.proposal_id from proposal_events pe
                   where pe.org_id = %(org_id)s and pe.event_id = any(%(event_ids)s::bigint[])))
  and (%(vendor)s::text is null
       or starts_with(p.object_id, %(spend_prefix)s::text)
          and substr(p.object_id, %(vendor_position)s::integer) = %(vendor)s::text)
  and (%(reason)s::text is null
       or p.object_id in (select s.object_id from snapshots s
                          where s.org_id = %(org_id)s and s.object_type = 'dispute'
                            and coalesce(s.state ->> 'reason', '') = %(reason)s::text))
  and (p.id in (select pe.proposal_id from proposal_events pe
                where pe.org_id = %(org_id)s and pe.event_id = any(%(event_ids)s::bigint[]))
       or %(drafted)s::boolean and (%(plays)s::text[] is null or p.play = any(%(plays)s::text[]))
          and (%(currency)s::text is null or p.currency is null or p.currency = %(currency)s::text)
          and (%(since)s::date is null
               or p.created_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                  and p.created_at < %(until)s::date::timestamp at time zone %(zone)s::text)
       or %(decided)s::boolean
          and exists (select 1 from verdicts v
                      where v.proposal_id = p.id
                        and v.decided_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                        and v.decided_at < %(until)s::date::timestamp at time zone %(zone)s::text)
       or %(credited)s::boolean
          and exists (select 1 from recoveries r
                      where r.proposal_id = p.id
                        and (%(currency)s::text is null or r.currency = %(currency)s::text)
                        and r.paid_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                        and r.paid_at < %(until)s::date::timestamp at time zone %(zone)s::text))
order by p.id desc
limit %(limit)s

-- name: limits
-- Set what holds for the transaction of an answer. It reads a few thousand rows: to start a worker, or a compiler, would take
-- longer than that.
select set_config('timezone', 'UTC', true), set_config('jit', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('statement_timeout', %(timeout)s, true)
