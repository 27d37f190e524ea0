-- name: net_revenue
-- title: Net revenue
-- definition: Charges that succeeded, less refunds and disputes that took money, each in the currency of the charge; fees are not taken off
-- unit: money
-- flow: in
-- counts: charges, transactions, sales
-- family: revenue
-- synonyms: net volume | revenue | revenues | net revenues | sales | net sales | income | turnover | takings
-- synonyms: gross volume | gross revenue | gross sales | what we earned | we earn | earnings | earned | we make
-- synonyms: we made | make | made | bring in | brought in | came in from customers | money coming in
-- synonyms: money came in | cash in from customers | money customers paid | we take in | we collect | collected
-- synonyms: collect | collected from customers | payments | payments collected | payments received
-- synonyms: payments we received | payments came in | successful payments | successful charges
-- synonyms: payments succeeded | charges succeeded | charges | number of charges | number of payments
-- synonyms: charges collected | customer payments | payments from customers | payments customers
-- synonyms: customers paid us | customers paid | customers pay us | customer pay us | pay us | paid us
-- synonyms: money made | money earned | sold | sell | revenue from customers | revenue customers
-- synonyms: sales to customers | sales revenue | net takings | money we made | billed customers | stripe revenue
-- synonyms: stripe sales | revenue came in | revenue we collect | revenue made | revenue brought in
-- synonyms: revenue generated | generated | top line | topline | payments take | payments processed
-- synonyms: incoming payments | incoming money | gross and net revenue | sales made
-- synonyms: spent with us | spend with us | bought from us | buy from us | receive | received | money received
-- synonyms: money we received | billed customer | charged customer | invoiced customer | customer bought
-- synonyms: customer spent | customer generated | customer contributed | customer brought in | collections
-- synonyms: inflow | inflows | cash inflow | money inflow | came in | rake in | raked in | payment volume
-- synonyms: sales volume | charge volume | transaction volume | stripe volume | processed volume
-- synonyms: processing volume | volume processed
-- synonyms: revenue after refunds | sales after refunds | revenue net of refunds | sales net of refunds
-- synonyms: income after refunds | net of refunds | receipts
-- synonyms: bookings collected
-- synonyms: net turnover
-- also: booked | volume | customers | customer | stripe | collected | collect | earned | earn | made | make
-- also: received | receive | took | brought | bring | money | generated | total | cash | billed | invoiced
-- also: charged
-- samples: net revenue by month | revenue last quarter | how much did we make in October | net volume this year | revenue by customer | sales per week since March
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, customer
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, gross money, refunded money, disputed money, net money, payments count
-- totals: gross, refunded, disputed, net, payments
-- behind: movements charge, refund, dispute
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency,
           case when m.kind = 'charge' then m.money_in + m.money_out else 0 end as gross,
           case when m.kind = 'refund' then -(m.money_in + m.money_out) else 0 end as refunded,
           case when m.kind = 'dispute' then -(m.money_in + m.money_out) else 0 end as disputed,
           m.money_in + m.money_out as net,
           case when m.kind = 'charge' then m.moves_in else 0 end as payments
    from canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    where %(customer)s::text is null and %(group_by)s::text <> 'customer'
    union all
    select case when %(group_by)s::text = 'customer' then m.party
                else canvas_bucket(%(grain)s::text, m.start) end, m.currency,
           case when m.kind = 'charge' then m.money_in + m.money_out else 0 end as gross,
           case when m.kind = 'refund' then -(m.money_in + m.money_out) else 0 end as refunded,
           case when m.kind = 'dispute' then -(m.money_in + m.money_out) else 0 end as disputed,
           m.money_in + m.money_out as net,
           case when m.kind = 'charge' then m.moves_in else 0 end as payments
    from canvas_party_moves(%(org_id)s::text, 'customer', array['charge', 'refund', 'dispute'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(customer)s::text) as m
    where %(group_by)s::text = 'customer' or %(customer)s::text is not null
    union all
    select canvas_bucket(%(grain)s::text, (t.occurred_at at time zone %(zone)s::text)::date), c.currency, 0, 0, -c.minor,
           c.minor, 0
    from transactions as t  -- a dispute that moved in another currency than its charge's
    cross join lateral (select t.currency, -t.amount_minor as minor
                        union all select t.charge_currency, t.charge_minor) as c
    where %(customer)s::text is null and %(group_by)s::text <> 'customer' and t.org_id = %(org_id)s
      and t.charge_currency is not null
      and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select g.bucket, g.currency, 0, 0, 0, 0, 0
    from canvas_grid(%(org_id)s::text, array['charge', 'refund', 'dispute'], array['charge'], %(from)s::date, %(to)s::date, %(as_of)s::date,
                     %(grain)s::text) as g
    where %(group_by)s::text <> 'customer'
), answered as (
    select bucket, currency, sum(gross) as gross, sum(refunded) as refunded, sum(disputed) as disputed, sum(net) as net, sum(payments) as payments, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge']), %(to)s::date, 'charge',
                          'let Stripe send charge.succeeded here, or backfill it')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         net desc nulls last, bucket
