-- name: balances
-- Read the latest balance of every account, the moment `now` included.
select account, currency, amount_minor, as_of
from canvas_balances(%(org_id)s, %(now)s::timestamptz + interval '1 microsecond')
order by account, currency

-- name: runway
-- Compute the runway in the currency of the books: the one formula, which the canvas's metric reads too.
select cash, burn, months, unknown
from runway_by_currency(%(org_id)s, %(zone)s, %(now)s::timestamptz + interval '1 microsecond', %(currency)s)

-- name: vendor_spend
-- Sum a vendor's spend in a month and in the months before it. `first_at` is the oldest payment to the vendor on
-- record.
select coalesce(-sum(amount_minor) filter (where occurred_at >= %(start)s), 0) as to_date,
       coalesce(-sum(amount_minor) filter (where occurred_at >= %(trailing)s and occurred_at < %(start)s),
                0) as before,
       count(*) filter (where occurred_at >= %(start)s and amount_minor < 0) as purchases,
       min(occurred_at) as first_at
from transactions
where org_id = %(org_id)s and counterparty = %(vendor)s and currency = %(currency)s
  and kind in ('issuing', 'bank') and occurred_at < %(end)s

-- name: booked_movements
-- List which rows of a statement are booked already.
select external_id from transactions
where org_id = %(org_id)s and source = %(source)s and external_id = any(%(external_ids)s)

-- name: book_all
-- Book many rows of a statement in one statement, as book of the ledger books one.
insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, category, purpose, source,
                          external_id, event_id)
select %(org_id)s, occurred_at, kind, amount_minor, currency, counterparty, category, purpose, %(source)s,
       external_id, event_id
from unnest(%(occurred_at)s::timestamptz[], %(kind)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[],
            %(counterparty)s::text[], %(category)s::text[], %(purpose)s::text[], %(external_id)s::text[],
            %(event_id)s::bigint[])
     as row (occurred_at, kind, amount_minor, currency, counterparty, category, purpose, external_id, event_id)
on conflict (org_id, source, external_id) do nothing
