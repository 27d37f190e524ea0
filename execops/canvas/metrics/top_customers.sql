-- name: top_customers
-- title: Top customers
-- definition: Customers by what they paid: charges that succeeded, less refunds and disputes; a limit counts within each currency
-- unit: money
-- flow: in
-- family: revenue
-- synonyms: top customer | biggest customers | best customers | best customer | largest customers | customers
-- synonyms: most valuable customers | most valuable customer | best paying customers | who pays us the most
-- synonyms: who paid us the most | who pays us | who paid us | customers who pay most | customers pay most
-- synonyms: customers pay us most | customers that pay us the most | customers paid us most
-- synonyms: customer paid us most | customers paid most | who brings in the most | who brings most revenue
-- synonyms: who brings most money | who brought most revenue | customers spend most
-- synonyms: customers spend most with us | customers spent most | customers by revenue | customers by payments
-- synonyms: customers by net revenue | customers revenue rank | customers rank revenue
-- synonyms: customers ranked revenue | customers top revenue | top customers by revenue
-- synonyms: top customers by payments | top customers by net revenue
-- synonyms: customers most revenue | customers bring most revenue | customers bring most money
-- synonyms: customers bring in most | customers bring in most money | customers brought most
-- synonyms: customers generate most revenue | top accounts | top paying customers | top spenders | top payers
-- synonyms: top buyers | top spending customers | where revenue come from | where most revenue come from
-- synonyms: who top customers | customer ranking | customer rank | rank customers | ranking customers revenue
-- synonyms: rank customers revenue | customers ranked | key customers | whales | top whales | heaviest customers
-- synonyms: who generates most revenue | who give us most money | who gives us the most money
-- synonyms: customers worth most | customers give us most money | customers make most money
-- synonyms: who makes us the most money | customers make us most money | customers make us most
-- synonyms: top revenue contributors | customer leaderboard | top contributors | customers contribute most
-- synonyms: top paying | top sources of revenue | who spends the most with us
-- synonyms: who spends most us
-- synonyms: heavy hitters
-- also: revenue | pay | paid | paying | pays | us | most | customers | money | spend | bring | brought
-- also: spending | who | which | rank | ranked
-- samples: top customers | top 5 customers this year | who pays us the most | biggest customers in EUR last quarter
-- params: from, to, limit, currency, customer
-- default_period: last 12 months
-- chart: bar
-- columns: customer text, name text, currency currency, revenue money, payments count
-- totals: revenue, payments
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
