-- name: refunds
-- title: Refunds
-- definition: Money given back to customers, less refunds that failed and came back
-- unit: money
-- synonyms: refunded | refund | money back | gave money back | money given back | given back | give back
-- synonyms: gave back | handed back | handed money back | hand back | money handed back | reimbursed
-- synonyms: reimbursements | reimburse | returns | money returned | returned | returned to customers
-- synonyms: refunds to customers | refunded to customers | refunds customers | refunds issued | refunds given
-- synonyms: refunds made | refunds paid | money refunded | refunds paid out | refunds pay | refunded revenue
-- synonyms: revenue refunded | paid back | pay back | paid back to customers | money paid back
-- synonyms: payments refunded | charges refunded | refunded payments | refunded charges | refunds sent
-- synonyms: stripe refunds | customer refunds | money back to customers | gave money back to customers
-- synonyms: gave back to customers | given back customers | handed back customers | paid back customers
-- synonyms: lost to refunds | lose to refunds | refund costs | refunds cost | refunds processed
-- synonyms: payments refund | refunds happened | refunds go out | credited back | sent back | money sent back
-- synonyms: refund volume
-- also: volume | customers | issued | processed | granted | handled | sent | stripe | money | made
-- samples: refunds last month | how much did we refund this year | refunds by customer in Q3 | refunds per week
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, customer
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, refunded money, refunds count
-- behind: movements refund
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency,
           -(m.money_in + m.money_out) as refunded,
           m.moves_out as refunds
    from canvas_moves(%(org_id)s::text, array['refund'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    where %(customer)s::text is null and %(group_by)s::text <> 'customer'
    union all
    select case when %(group_by)s::text = 'customer' then m.party
                else canvas_bucket(%(grain)s::text, m.start) end, m.currency,
           -(m.money_in + m.money_out) as refunded,
           m.moves_out as refunds
    from canvas_party_moves(%(org_id)s::text, 'customer', array['refund'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(customer)s::text) as m
    where %(group_by)s::text = 'customer' or %(customer)s::text is not null
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['refund'], array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment'], %(from)s::date, %(to)s::date, %(as_of)s::date,
                     %(grain)s::text) as g
    where %(group_by)s::text <> 'customer'
), answered as (
    select bucket, currency, sum(refunded) as refunded, sum(refunds) as refunds, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment']), %(to)s::date, 'payment',
                          'let Stripe send its events here, or backfill them')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         refunded desc nulls last, bucket
