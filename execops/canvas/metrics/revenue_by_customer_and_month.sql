-- name: revenue_by_customer_and_month
-- title: Revenue by customer and month
-- definition: Charges that succeeded, less refunds and disputes that took money, of the customers of each currency whose revenue in the period is the largest, 50 of them (by month and quarter as many as make a thousand rows, but at least 25), in each step of time and in the currency of the charge; a customer without a movement in a step has no row there
-- unit: money
-- synonyms: revenue matrix
-- synonyms: revenue by each customer | customer bring in | customers bring in | customer brought in
-- flow: in
-- family: revenue
-- also: revenue | sales | income | turnover | takings | earned | earn | made | make | customers | customer | net | volume
-- also: money | collected | payments | paid | pay | us | earnings
-- samples: revenue by customer by month | revenue by customer and month | sales per customer and quarter
-- params: from, to, group_by, currency, customer
-- groups: month, quarter, week, day
-- each: customer
-- default_period: last 12 months
-- chart: list
-- columns: bucket text, customer text, name text, currency currency, net money, payments count
-- behind: movements charge, refund, dispute
with totals as (
    select p.party, p.currency, p.net
    from canvas_party_totals(%(org_id)s::text, 'customer', array['charge', 'refund', 'dispute'], %(from)s::date,
                             %(to)s::date, %(customer)s::text) as p
    where %(currency)s::text is null or p.currency = %(currency)s::text
), room as (
    select case when %(grain)s::text not in ('month', 'quarter') then 50
                else greatest(25, least(50, 1000 / (count(distinct currency) * (max(days) / case %(grain)s::text when 'month' then 30 else 91 end + 1)))) end as customers
    from totals
    cross join (select %(to)s::date - %(from)s::date as days) as period
), ranked as (
    select t.party, t.currency, row_number() over (partition by t.currency order by t.net desc, t.party) as place
    from totals as t
), summed as (
    select m.step, r.party, r.currency, m.net, m.payments
    from ranked as r
    cross join room
    cross join canvas_months(%(org_id)s::text, array['charge', 'refund', 'dispute'], %(from)s::date, %(to)s::date,
                             %(grain)s::text) as w
    cross join lateral (
        select date_trunc(%(grain)s::text, p.start)::date as step, sum(p.money_in + p.money_out) as net,
               sum(case when p.kind = 'charge' then p.moves_in else 0 end) as payments
        from (
            select p.* from rollup_parties as p
            where p.org_id = %(org_id)s::text and p.role = 'customer' and p.party = r.party and p.grain = 'month'
              and p.start >= w.first and p.start < w.past
            union all
            select p.* from rollup_parties as p
            where p.org_id = %(org_id)s::text and p.role = 'customer' and p.party = r.party and p.grain = 'day'
              and p.start >= %(from)s::date and p.start < w.first
            union all
            select p.* from rollup_parties as p
            where p.org_id = %(org_id)s::text and p.role = 'customer' and p.party = r.party and p.grain = 'day'
              and p.start >= w.past and p.start < %(to)s::date
        ) as p
        where p.currency = r.currency and p.kind in ('charge', 'refund', 'dispute')
        group by 1
    ) as m
    where %(group_by)s::text is not null and r.place <= room.customers
), named as (
    select step, canvas_bucket(%(grain)s::text, step) as bucket from summed group by step
), answered as (
    select s.step, n.bucket, s.party as customer, c.state ->> 'name' as name, s.currency, s.net, s.payments,
           null as unknown
    from summed as s
    join named as n on n.step = s.step
    left join snapshots as c on c.org_id = %(org_id)s::text and c.object_id = s.party
    where s.net <> 0 or s.payments <> 0
    union all
    select null, null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge']), %(to)s::date, 'charge',
                          'let Stripe send charge.succeeded here, or backfill it')
)
select bucket, customer, name, currency, net, payments, unknown from answered
order by unknown nulls first, step, currency, net desc nulls last, customer
