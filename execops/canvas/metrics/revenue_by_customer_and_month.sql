-- name: revenue_by_customer_and_month
-- title: Revenue by customer and month
-- definition: Charges that succeeded, less refunds and disputes that took money, of the 50 customers of each currency whose revenue in the period is the largest, in each step of time and in the currency of the charge; a customer without a movement in a step has no row there
-- unit: money
-- synonyms: revenue matrix
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
with ranked as (
    select p.party, p.currency, row_number() over (partition by p.currency order by p.net desc, p.party) as place
    from canvas_party_totals(%(org_id)s::text, 'customer', array['charge', 'refund', 'dispute'], %(from)s::date,
                             %(to)s::date, %(customer)s::text) as p
    where %(currency)s::text is null or p.currency = %(currency)s::text
), summed as (
    select m.bucket, r.party, r.currency, m.net, m.payments
    from ranked as r
    cross join canvas_months(%(org_id)s::text, array['charge', 'refund', 'dispute'], %(from)s::date, %(to)s::date,
                             %(grain)s::text) as w
    cross join lateral (
        select canvas_bucket(%(grain)s::text, p.start) as bucket, sum(p.money_in + p.money_out) as net,
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
    where %(group_by)s::text is not null and r.place <= 50
), answered as (
    select s.bucket, s.party as customer, c.state ->> 'name' as name, s.currency, s.net, s.payments, null as unknown
    from summed as s
    left join snapshots as c on c.org_id = %(org_id)s::text and c.object_id = s.party
    where s.net <> 0 or s.payments <> 0
    union all
    select null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge']), %(to)s::date, 'charge',
                          'let Stripe send charge.succeeded here, or backfill it')
)
select * from answered
order by unknown nulls first, bucket, currency, net desc nulls last, customer
