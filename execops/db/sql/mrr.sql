-- name: keep_state
-- Keep a state of a subscription, with its MRR in each of its currencies, unless it is on record.
insert into mrr_levels (org_id, subscription, customer, at, rank, tiebreak, currency, level_minor, terms, left_out,
                        event_id)
select %(org_id)s, %(subscription)s, %(customer)s, %(at)s, %(rank)s, %(tiebreak)s, currency, level_minor,
       %(terms)s, %(left_out)s, %(event_id)s
from unnest(%(currencies)s::text[], %(levels)s::bigint[]) as level (currency, level_minor)
where not exists (select 1 from mrr_levels
                  where org_id = %(org_id)s and subscription = %(subscription)s and at = %(at)s and rank = %(rank)s
                    and tiebreak = %(tiebreak)s)
on conflict do nothing

-- name: forget_state
-- Delete a state of a subscription, before it is kept with what other messages told of its parts.
delete from mrr_levels
where org_id = %(org_id)s and subscription = %(subscription)s and at = %(at)s and rank = %(rank)s
  and tiebreak = %(tiebreak)s

-- name: levels_of_customer
-- Read the states of all subscriptions of a customer, a row for each currency.
select subscription, customer, at, rank, tiebreak, currency, level_minor, terms, left_out, event_id
from mrr_levels where org_id = %(org_id)s and customer = %(customer)s
order by subscription, at, rank, tiebreak, currency

-- name: parts
-- Read what is on record of the parts of a customer's subscriptions: the customer's discounts, and these objects.
select object_id, object_type, state, as_of from snapshots
where org_id = %(org_id)s and object_type = any (%(types)s)
  and (object_id = any (%(object_ids)s)
       or (subject_key = %(customer)s and object_type in ('discount', 'discount_end')))

-- name: complete_snapshot
-- Complete the state on record of a subscription, if it still is this one.
update snapshots set state = state || %(completed)s
where org_id = %(org_id)s and object_id = %(subscription)s and as_of = %(at)s and rank = %(rank)s
  and tiebreak = %(tiebreak)s and state || %(completed)s <> state

-- name: parts_by_id
-- Read these parts of subscriptions as they are on record.
select object_id, state from snapshots where org_id = %(org_id)s and object_id = any (%(object_ids)s)

-- name: customers_waiting_for
-- Find the customers whose MRR leaves out one of these prices, or a discount where a coupon may tell its terms, and those
-- with a discount by a coupon that turned out to be limited to some products.
select distinct customer from mrr_levels
where org_id = %(org_id)s and left_out <> '{}'
  and (left_out && %(prices)s::text[]
       or %(coupons)s and exists (select 1 from unnest(left_out) entry where starts_with(entry, 'discount:')))
union
select subject_key from snapshots
where cardinality(%(limited)s::text[]) > 0 and org_id = %(org_id)s and object_type = 'discount'
  and state ->> 'coupon' = any (%(limited)s::text[])

-- name: changes_of_customer
-- Read the changes of a customer's MRR.
select id, at, subscription, currency, delta_minor, kind, event_id from mrr_changes
where org_id = %(org_id)s and customer = %(customer)s

-- name: delete_changes
-- Delete changes that the levels no longer show.
delete from mrr_changes where org_id = %(org_id)s and id = any (%(ids)s)

-- name: add_change
-- Add a change of a customer's MRR.
insert into mrr_changes (org_id, customer, subscription, at, delta_minor, currency, kind, event_id)
values (%(org_id)s, %(customer)s, %(subscription)s, %(at)s, %(delta_minor)s, %(currency)s, %(kind)s, %(event_id)s)

-- name: states_since
-- Read the states of a subscription between two moments, and the last one before them, the newest first.
select terms, at
from (select distinct on (at, rank, tiebreak) terms, at, rank, tiebreak from mrr_levels
      where org_id = %(org_id)s and subscription = %(subscription)s and at <= %(until)s
        and at >= coalesce((select max(at) from mrr_levels
                            where org_id = %(org_id)s and subscription = %(subscription)s and at < %(since)s),
                           %(since)s)) kept
order by at desc, rank desc, tiebreak desc
