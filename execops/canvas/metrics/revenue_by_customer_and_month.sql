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
), counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.party, m.currency, m.money_in + m.money_out as net,
           case when m.kind = 'charge' then m.moves_in else 0 end as payments
    from ranked as r
    cross join lateral canvas_party_moves(%(org_id)s::text, 'customer', array['charge', 'refund', 'dispute'],
                                          %(from)s::date, %(to)s::date, %(grain)s::text, r.party) as m
    where %(group_by)s::text is not null and r.place <= 50 and m.currency = r.currency
), summed as (
    select bucket, party, currency, sum(net) as net, sum(payments) as payments
    from counted
    group by bucket, party, currency
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
