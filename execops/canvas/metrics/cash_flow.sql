-- name: cash_flow
-- title: Cash flow
-- definition: Money that came in and what went out of all accounts, loans and investments with it, and the difference; left out are transfers between own accounts that the bank names as such, and a transfer, a top-up and a payout of Stripe whose two halves are in the books, so that no money counts twice
-- unit: money
-- synonyms: cash flow | cashflow | net cash flow
-- synonyms: income and expenses | income and spend | flow of cash
-- synonyms: flow of money | flow of funds | net flow | net cash | cash movement | came in and what went out
-- synonyms: coming in and what is going out | money came in and what money went out | incoming and outgoing | cash flows | cashflows
-- synonyms: ins and outs | cash flow statement | incoming and outgoing money
-- synonyms: money cashflow
-- also: money | cash | net | accounts | account | went | came | out | bank | together | flow | flows
-- samples: cash flow | money in and out by month | cash flow this year | net cash flow by week
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, money_in money, money_out money, net money
-- totals: money_in, money_out, net
-- behind: movements charge, refund, dispute, dispute_fee, fee, adjustment, issuing, bank, financing
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency, m.money_in, m.money_out
    from canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing'],
                      greatest(%(from)s::date, canvas_known(%(org_id)s::text, array['issuing', 'bank'])),
                      %(to)s::date, %(grain)s::text) as m
    where canvas_known(%(org_id)s::text, array['issuing', 'bank']) < %(to)s::date
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing'], array['issuing', 'bank'], %(from)s::date, %(to)s::date,
                     %(as_of)s::date, %(grain)s::text) as g
), answered as (
    select bucket, currency, sum(money_in) as money_in, -sum(money_out) as money_out,
           sum(money_in) + sum(money_out) as net, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         net desc nulls last, bucket
