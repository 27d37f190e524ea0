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
-- synonyms: who brings most money | who brought most revenue | who spends the most with us | who spends most
-- synonyms: who spends most us | customers spend most | customers spend most with us | customers spent most
-- synonyms: customers by revenue | customers by payments | customers by net revenue | customers revenue rank
-- synonyms: customers ranked by revenue | customers ranked revenue | customers top revenue
-- synonyms: top customers by revenue | top customers by payments | top customers by volume
-- synonyms: top customers by net revenue | customers most revenue | customers bring most revenue
-- synonyms: customers bring most money | customers bring in most | customers bring in most money
-- synonyms: customers brought most | customers generate most revenue | top accounts | top paying customers
-- synonyms: top spenders | top payers | top buyers | top spending customers | where revenue come from
-- synonyms: where most revenue come from | who top customers | customer ranking | customer rank | rank customers
-- synonyms: ranking customers revenue | rank customers revenue | customers ranked | key customers | whales
-- synonyms: top whales | heaviest customers | who generates most revenue | who give us most money
-- synonyms: who gives us the most money | customers worth most | customers give us most money
-- synonyms: customers make most money | who makes us the most money | customers make us most money
-- synonyms: customers make us most | top revenue contributors | customer leaderboard | top contributors
-- synonyms: customers contribute most | customers ranked by sales | top paying | top sources of revenue
-- also: revenue | pay | paid | paying | pays | us | most | customers | money | spend | bring | brought
-- also: spending | who | which | rank | ranked
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
