-- name: balances
-- Read the latest balance of every account, the moment `now` included.
select account, currency, amount_minor, as_of
from canvas_balances(%(org_id)s, %(now)s::timestamptz + interval '1 microsecond')
order by account, currency

-- name: without_balance
-- Name the accounts that have movements in a currency and no balance.
select canvas_without_balance(%(org_id)s, %(now)s::timestamptz + interval '1 microsecond', %(currency)s) as accounts

-- name: runway
-- Compute the runway in the currency of the books: the one formula, which the canvas's metric reads too.
select cash, burn, months, unknown
from runway_by_currency(%(org_id)s, %(zone)s, %(now)s::timestamptz + interval '1 microsecond', %(currency)s)

-- name: unpaired
-- Sum the lines of banks that count as income or spend because their other half is not in the books: lines to or from
-- an account that may be the company's own, and payouts from Stripe where Stripe's charges are in the books too.
select purpose, sum(amount_minor) as amount
from transactions
where org_id = %(org_id)s and kind = 'bank' and purpose in ('payout', 'transfer') and other_half is null
  and currency = %(currency)s and occurred_at >= %(since)s and occurred_at < %(until)s
  and (purpose = 'transfer'
       or exists (select 1 from transactions c
                  where c.org_id = %(org_id)s and c.kind = 'charge' and c.currency = %(currency)s
                    and c.occurred_at >= %(since)s and c.occurred_at < %(until)s))
group by purpose
having sum(amount_minor) <> 0
order by purpose

-- name: financed
-- Sum the money that was lent, invested or granted, and that the burn leaves out, by the name of who gave it.
select counterparty as name, sum(amount_minor) as amount
from transactions
where org_id = %(org_id)s and kind = 'financing' and source = 'bank'
  and currency = %(currency)s and occurred_at >= %(since)s and occurred_at < %(until)s
group by counterparty
order by amount desc, name

-- name: largest_costs
-- Sum the payments to the three largest payees of the burn, less what came back from them. Pay is one sum: nobody's is shown.
select case purpose when 'payroll' then purpose else counterparty end as name, -sum(amount_minor) as amount
from transactions
where org_id = %(org_id)s and kind in ('issuing', 'bank') and counterparty is not null
  and (purpose is null or purpose not in ('payout', 'transfer'))
  and currency = %(currency)s and occurred_at >= %(since)s and occurred_at < %(until)s
group by 1
having sum(amount_minor) < 0
order by amount desc, name
limit 3

-- name: vendor_of
-- Read the name in the books of a vendor, who may be called by an alias.
select vendor_of(%(org_id)s, %(vendor)s) as vendor

-- name: vendor_spend
-- Sum a vendor's spend in a month and in each of the three months before it. `first_at` is the oldest payment to the
-- vendor on record.
select coalesce(-sum(amount_minor) filter (where occurred_at >= %(start)s), 0) as to_date,
       coalesce(-sum(amount_minor) filter (where occurred_at >= %(trailing)s and occurred_at < %(second)s), 0) as first,
       coalesce(-sum(amount_minor) filter (where occurred_at >= %(second)s and occurred_at < %(third)s), 0) as second,
       coalesce(-sum(amount_minor) filter (where occurred_at >= %(third)s and occurred_at < %(start)s), 0) as third,
       count(*) filter (where occurred_at >= %(start)s and amount_minor < 0) as purchases,
       min(occurred_at) as first_at
from transactions
where org_id = %(org_id)s and counterparty = %(vendor)s and currency = %(currency)s
  and kind in ('issuing', 'bank') and occurred_at < %(end)s

-- name: vendor_days
-- Sum the payments to a vendor by day and by what a bank or Stripe says that they are for.
select (occurred_at at time zone %(zone)s)::date as day, purpose, category, -sum(amount_minor) as paid
from transactions
where org_id = %(org_id)s and counterparty = %(vendor)s and currency = %(currency)s
  and kind in ('issuing', 'bank') and amount_minor < 0 and occurred_at >= %(since)s and occurred_at < %(end)s
group by 1, 2, 3
order by 1, 2, 3

-- name: booked_movements
-- List which rows of a statement are booked already.
select external_id from transactions
where org_id = %(org_id)s and source = %(source)s and external_id = any(%(external_ids)s)

-- name: book_all
-- Book many rows of a statement in one statement, as book of the ledger books one.
insert into transactions (org_id, occurred_at, kind, amount_minor, currency, counterparty, told_as, category, purpose,
                          source, external_id, event_id)
select %(org_id)s, occurred_at, kind, amount_minor, currency, counterparty, told_as, category, purpose, %(source)s,
       external_id, event_id
from unnest(%(occurred_at)s::timestamptz[], %(kind)s::text[], %(amount_minor)s::bigint[], %(currency)s::text[],
            %(counterparty)s::text[], %(told_as)s::text[], %(category)s::text[], %(purpose)s::text[], %(external_id)s::text[],
            %(event_id)s::bigint[])
     as row (occurred_at, kind, amount_minor, currency, counterparty, told_as, category, purpose, external_id,
             event_id)
on conflict (org_id, source, external_id) do nothing

-- name: first_payment
-- Read the first payment to a vendor with the account it left, the sum of all payments in its currency net of refunds,
-- and the first money that came from the vendor, be it income or a loan.
select f.occurred_at as first_at, f.kind, f.currency, f.category, e.payload_json ->> 'account' as account,
       s.paid, s.payments, s.income_at
from (select occurred_at, kind, currency, category, event_id
      from transactions
      where org_id = %(org_id)s and counterparty = %(vendor)s and kind in ('issuing', 'bank') and amount_minor < 0
        and (purpose is null or purpose not in ('payout', 'transfer'))
      order by occurred_at, id limit 1) f
left join events e on e.org_id = %(org_id)s and e.id = f.event_id
cross join lateral (
    select -coalesce(sum(amount_minor) filter (where kind <> 'financing' and currency = f.currency), 0) as paid,
           count(*) filter (where kind <> 'financing' and currency = f.currency and amount_minor < 0) as payments,
           min(occurred_at) filter (where amount_minor > 0) as income_at
    from transactions
    where org_id = %(org_id)s and counterparty = %(vendor)s and kind in ('issuing', 'bank', 'financing')
      and (purpose is null or purpose not in ('payout', 'transfer'))
) s

-- name: account_history
-- Find how far back the payments of an account are known before a moment, and the last month since `covered_from` in
-- which the account has no row at all, before the month of that moment: its file is missing. `account` null is the
-- company's cards: their own history, or that of the banks where no other card payment is on record. An event of many
-- rows is large, so each is read once, and not for each row.
with recorded as materialized (
    select e.id from events e
    where e.org_id = %(org_id)s and e.source = 'bank' and e.payload_json ->> 'account' = %(account)s::text
), history as (
    select t.occurred_at, t.kind
    from transactions t
    where t.org_id = %(org_id)s and t.occurred_at < %(first_at)s
      and (t.kind <> 'financing' or t.source = 'bank')
      and case when %(account)s::text is null then t.kind in ('issuing', 'bank', 'bank_transfer', 'financing')
               else t.kind in ('bank', 'bank_transfer', 'financing') and t.event_id in (select id from recorded) end
), counted as (
    select occurred_at from history
    where kind = 'issuing' or %(account)s::text is not null or not exists (select 1 from history where kind = 'issuing')
)
select min(occurred_at) as since,
       (select max(month) from generate_series(
            date_trunc('month', %(covered_from)s::timestamptz at time zone %(zone)s),
            date_trunc('month', %(first_at)s::timestamptz at time zone %(zone)s) - interval '1 month',
            interval '1 month') month
        where not exists (
            select 1 from counted c where date_trunc('month', c.occurred_at at time zone %(zone)s) = month)
       )::date as missing
from counted

-- name: vendors_like
-- List the vendors that were paid before a moment and whose name has this word near its beginning.
select distinct counterparty as vendor
from transactions
where org_id = %(org_id)s and kind in ('issuing', 'bank') and amount_minor < 0 and occurred_at < %(first_at)s
  and strpos(lower(left(counterparty, 40)), %(word)s::text) between 1 and 4
order by counterparty limit 100
