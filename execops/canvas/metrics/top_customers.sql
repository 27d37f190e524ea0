-- name: top_customers
-- title: Top customers
-- definition: Customers by what they paid: charges that succeeded, less refunds and disputes; a limit counts within each currency
-- unit: money
-- synonyms: biggest customers | best customers | largest customers | who pays us the most | customers by revenue | most valuable customers
-- samples: top customers | top 5 customers this year | who pays us the most | biggest customers in EUR last quarter
-- params: from, to, limit, currency, customer
-- default_period: last 12 months
-- chart: bar
-- columns: customer text, name text, currency currency, revenue money, payments count
-- behind: movements charge, refund, dispute
with paid as (
    select m.party, m.currency, m.net as revenue, m.moves_in as payments
    from canvas_party_totals(%(org_id)s::text, 'customer', array['charge', 'refund', 'dispute'], %(from)s::date,
                             %(to)s::date, %(customer)s::text) as m
    where m.party <> '' and m.net > 0 and (%(currency)s::text is null or m.currency = %(currency)s::text)
), ranked as (
    select party, currency, revenue, payments,
           row_number() over (partition by currency order by revenue desc, party) as place
    from paid
), answered as (
    select r.party as customer, s.state ->> 'name' as name, r.currency, r.revenue, r.payments, null as unknown
    from ranked as r
    left join snapshots as s on s.org_id = %(org_id)s::text and s.object_id = r.party
    where place <= coalesce(%(limit)s::bigint, 10)
    union all
    select null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge']), %(to)s::date, 'charge',
                          'let Stripe send charge.succeeded here, or backfill it')
)
select * from answered
order by unknown nulls first, currency, revenue desc, customer
