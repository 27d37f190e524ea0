-- name: payouts
-- title: Payouts
-- definition: Money on its way from Stripe to the bank by the day it left, less payouts that came back
-- unit: money
-- synonyms: paid out | transfers to the bank | stripe payouts | deposits | settlements
-- samples: payouts this month | how much did Stripe pay out last quarter | payouts by week | payouts in EUR
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, paid_out money, payouts count
-- behind: proposals payout_failed | movements payout
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency,
           -(m.money_in + m.money_out) as paid_out,
           m.moves_out as payouts
    from canvas_moves(%(org_id)s::text, array['payout'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['payout'], array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment'], %(from)s::date, %(to)s::date, %(as_of)s::date,
                     %(grain)s::text) as g
), answered as (
    select bucket, currency, sum(paid_out) as paid_out, sum(payouts) as payouts, null as unknown
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
         paid_out desc nulls last, bucket
