-- name: payouts
-- title: Payouts
-- definition: Money on its way from Stripe to the bank by the day it left, less payouts that came back
-- unit: money
-- family: payouts
-- counts: transfers, deposits, settlements
-- synonyms: paid out | pay out | payout | transfers to the bank | transfers to bank account | bank transfers
-- synonyms: transferred to our bank | transferred | transfers from stripe | stripe transfers
-- synonyms: stripe transferred | stripe payouts | stripe paid out | stripe paid out us | stripe pays us
-- synonyms: stripe deposits | stripe deposited | deposits | deposited | bank deposits | deposits to bank
-- synonyms: settlements | settled | stripe settlements | stripe settled | stripe sent us
-- synonyms: stripe sent to our bank | stripe sent bank | stripe to bank | stripe to our bank account
-- synonyms: payouts to bank | payouts to the bank account | payouts from stripe | payouts received
-- synonyms: payouts we received | payouts got | payouts landed bank | landed in bank | landed in bank account
-- synonyms: money stripe paid out | money stripe sent | money stripe sent bank | stripe moved to bank
-- synonyms: stripe transferred bank | arrived in bank from stripe | stripe send | hit bank from stripe
-- synonyms: stripe wired | payouts made | payouts stripe made | payouts sent | paid out to bank
-- synonyms: stripe money in bank | money moved from stripe to bank | moved to bank from stripe | disbursements
-- synonyms: stripe disbursed | hit the bank | hit bank account | hit our account | reached the bank
-- synonyms: arrived in the bank | arrived bank account | payout volume
-- synonyms: stripe paid into bank | money from stripe
-- also: volume | stripe | bank | account | money | received | sent | made | landed | arrived | hit
-- samples: payouts this month | how much did Stripe pay out last quarter | payouts by week | payouts in EUR
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, paid_out money, payouts count
-- totals: paid_out, payouts
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
