-- name: disputes
-- title: Disputes
-- definition: Money that chargebacks took, and what came back of it, by the day it moved; by reason: disputes by the day they were opened; fees for disputes stand under fees
-- unit: money
-- counts: charges, payments, cases
-- synonyms: disputed | dispute | disputed payments | disputed charges | lost to disputes | lost in disputes
-- synonyms: we lose to disputes | money lost disputes | contested payments | contested charges | fraud
-- synonyms: lost to fraud | money lost fraud | fraud losses | disputed amount | disputed money | charge backs
-- synonyms: charge back | lost charge backs | money disputes took | stripe disputes | customers disputed
-- synonyms: we lose | disputes cost us | disputes lost | payments disputed customers | disputes filed
-- synonyms: disputes opened | disputes raised | disputes received | disputes customers | fraudulent charges
-- synonyms: fraud cases | disputed transactions | dispute losses | losses from disputes | payment disputes
-- synonyms: contested transactions | charged back | payments charged back | money charged back
-- synonyms: won back from disputes | dispute volume
-- also: volume | customers | opened | filed | raised | received | stripe | money | lost | took | taken
-- also: amount | cases | cost
-- samples: disputes this quarter | what did we lose to chargebacks | disputes by reason | chargebacks per month in 2025
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency, reason
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, disputes count, taken money, won_back money, lost money
-- behind: proposals dispute_response | movements dispute
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency, m.moves_out as disputes,
           -m.money_out as taken, m.money_in as won_back
    from canvas_moves(%(org_id)s::text, array['dispute'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    where %(group_by)s::text <> 'reason'
    union all
    select coalesce(s.state ->> 'reason', ''), s.state ->> 'currency', 1, (s.state ->> 'amount')::numeric,
           case when s.state ->> 'status' = 'won' then (s.state ->> 'amount')::numeric else 0 end
    from snapshots s
    where %(group_by)s::text = 'reason' and s.org_id = %(org_id)s::text and s.object_type = 'dispute'
      and s.state ->> 'amount' is not null and s.state ->> 'currency' is not null
      and s.state ->> 'created' >= to_char(%(from)s::date - 1, 'YYYY-MM-DD')
      and s.state ->> 'created' < to_char(%(to)s::date + 2, 'YYYY-MM-DD')
      and ((s.state ->> 'created')::timestamptz at time zone %(zone)s::text)::date >= %(from)s::date
      and ((s.state ->> 'created')::timestamptz at time zone %(zone)s::text)::date < %(to)s::date
    union all
    select g.bucket, g.currency, 0, 0, 0
    from canvas_grid(%(org_id)s::text, array['dispute'], array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment'],
                     %(from)s::date, %(to)s::date, %(as_of)s::date, %(grain)s::text) as g
    where %(group_by)s::text <> 'reason'
), answered as (
    select bucket, currency, sum(disputes) as disputes, sum(taken) as taken, sum(won_back) as won_back,
           sum(taken) - sum(won_back) as lost, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment']), %(to)s::date, 'payment',
                          'let Stripe send its events here, or backfill them')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         lost desc nulls last, bucket
