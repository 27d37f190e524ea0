-- name: of_source
-- Read how far each resource of a source has come.
select resource, since, cursor, done, pages, rows, updated_at
from backfills where org_id = %(org_id)s and source = %(source)s

-- name: forget
-- Forget the progress of a source, so that the next run begins anew.
delete from backfills where org_id = %(org_id)s and source = %(source)s

-- name: advance
-- Record one page that was taken in, and the cursor after it.
insert into backfills (org_id, source, resource, since, cursor, done, pages, rows)
values (%(org_id)s, %(source)s, %(resource)s, %(since)s, %(cursor)s, %(done)s, 1, %(rows)s)
on conflict (org_id, source, resource) do update
set since = excluded.since, cursor = excluded.cursor, done = excluded.done, pages = backfills.pages + 1,
    rows = backfills.rows + excluded.rows, updated_at = now()

-- name: complete_movement
-- Complete a booked movement from a second report of it. An event and a line of the source's own ledger may report
-- the same movement: keep the earlier time and whatever only one of them has, the same in either order. Of a charge
-- keep the later time and the larger amount, because it may be captured after its authorisation, and in parts. A fee never
-- changes at Stripe: the amount read now replaces one that was booked with the fee of a platform in it.
update transactions
set occurred_at = case when kind = 'charge' then greatest(occurred_at, %(occurred_at)s)
                       else least(occurred_at, %(occurred_at)s) end,
    amount_minor = case when kind = 'charge' and currency = %(currency)s
                        then greatest(amount_minor, %(amount_minor)s)
                        when kind in ('fee', 'dispute_fee') and currency = %(currency)s then %(amount_minor)s
                        else amount_minor end,
    customer = coalesce(customer, %(customer)s),
    counterparty = coalesce(counterparty, %(counterparty)s), category = coalesce(category, %(category)s),
    case_id = coalesce(case_id, %(case_id)s),
    payment_ids = case when payment_ids @> %(payment_ids)s::text[] then payment_ids
                       else payment_ids || %(payment_ids)s::text[] end
where org_id = %(org_id)s and source = %(source)s and external_id = %(external_id)s
  and (case when kind = 'charge' then occurred_at < %(occurred_at)s else occurred_at > %(occurred_at)s end
       or (kind = 'charge' and currency = %(currency)s and amount_minor < %(amount_minor)s)
       or (kind in ('fee', 'dispute_fee') and currency = %(currency)s and amount_minor <> %(amount_minor)s)
       or (case_id is null and %(case_id)s::text is not null)
       or (customer is null and %(customer)s::text is not null)
       or (counterparty is null and %(counterparty)s::text is not null)
       or (category is null and %(category)s::text is not null)
       or not payment_ids @> %(payment_ids)s::text[])

-- name: latest_balance
-- Read the latest balance of an account, so that an unchanged one makes no second row.
select amount_minor from balances
where org_id = %(org_id)s and account = %(account)s and kind = %(kind)s and currency = %(currency)s
order by as_of desc limit 1

-- name: drop_assumed_levels
-- Delete the MRR levels that a backfill assumed for a time that events cover. A level without an event is today's
-- price put back to the start; from a minute after the first event on, the events are better. The end (rank above 0)
-- is a fact of its own.
delete from mrr_levels assumed
where assumed.org_id = %(org_id)s and assumed.subscription = %(subscription)s
  and assumed.event_id is null and assumed.rank = 0
  and exists (select 1 from mrr_levels seen
              where seen.org_id = assumed.org_id and seen.subscription = assumed.subscription
                and seen.event_id is not null and seen.at <= assumed.at + interval '1 minute')

-- name: objects_on_record
-- List the snapshots of these objects, and those of these types that belong to one of them. `in_part` tells those whose
-- parts are not all known.
select object_id, object_type, subject_key,
       state ->> 'status' <> 'canceled' and coalesce(state -> 'unresolved', '[]') <> '[]' as in_part
from snapshots
where org_id = %(org_id)s
  and (object_id = any (%(object_ids)s)
       or (subject_key = any (%(object_ids)s) and object_type = any (%(object_types)s)
           and object_id is distinct from %(except_id)s))

-- name: objects_to_send
-- List the invoices of an approved proposal that is still to be performed, with their states and their source; of an
-- action at Stripe also the payment that it names, those of the same customer and amount within a day, the dispute that it is
-- about, and the payment of this dispute or of a warning. The event that began such a proposal may be of another source, such
-- as a conversation.
select s.object_id, s.object_type, s.state, s.as_of,
       case when starts_with(p.action_type, 'stripe_') then 'stripe'
            else (select e.source from proposal_events pe join events e on e.id = pe.event_id
                  where pe.org_id = p.org_id and pe.proposal_id = p.id order by e.id limit 1) end as source
from action_proposals p
join snapshots s on s.org_id = p.org_id
                and (s.object_type = 'invoice' and s.object_id = any(p.covers || p.object_id)
                     or starts_with(p.action_type, 'stripe_')
                        and (s.object_type = 'dispute' and s.object_id = p.object_id
                             or s.object_type = 'charge'
                                and (s.object_id = p.payload ->> 'charge'
                                     or s.object_id in (
                                         select twin.object_id from snapshots named
                                         join snapshots twin on twin.org_id = named.org_id and twin.object_type = 'charge'
                                              and twin.subject_key = named.subject_key
                                              and twin.state -> 'amount' = named.state -> 'amount'
                                              and twin.state -> 'currency' = named.state -> 'currency'
                                              and abs(extract(epoch from (twin.state ->> 'created')::timestamptz
                                                                         - (named.state ->> 'created')::timestamptz)) <= 86400
                                         where named.org_id = p.org_id and named.object_id = p.payload ->> 'charge'
                                           and named.object_type = 'charge')
                                     or s.object_id in (select unnest(about.links) from snapshots about
                                                        where about.org_id = p.org_id and about.object_id = p.object_id))))
where p.org_id = %(org_id)s and p.id = %(id)s and p.approval_no = %(approval_no)s
  and p.status in ('approved', 'executing')
order by s.object_id

-- name: renew_link
-- Keep the newer link to the page of an invoice about which nothing else is new.
update snapshots set state = jsonb_set(state, '{hosted_invoice_url}', to_jsonb(%(link)s::text))
where org_id = %(org_id)s and object_id = %(object_id)s

-- name: parts_on_record
-- Check whether these discounts, coupons and prices are all on record, a discount with the terms of its coupon.
select count(*) = cardinality(%(object_ids)s::text[]) as all_known
from snapshots part
where part.org_id = %(org_id)s and part.object_id = any (%(object_ids)s)
  and (part.object_type in ('coupon', 'coupon_products', 'price')
       or part.object_type = 'discount'
          and (part.state ->> 'duration' is not null
               or exists (select 1 from snapshots coupon
                          where coupon.org_id = part.org_id
                            and coupon.object_id = 'coupon:' || (part.state ->> 'coupon'))))
