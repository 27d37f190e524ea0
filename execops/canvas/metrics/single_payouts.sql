-- name: single_payouts
-- title: Single payouts
-- definition: Payouts from Stripe to the bank, each by itself, the latest first, with its state now
-- unit: money
-- family: payouts
-- synonyms: last payouts | last payout | latest payouts | latest payout | recent payouts | single payouts | top payouts
-- synonyms: payouts with status | payout status | state of payouts | payout state
-- synonyms: recent stripe payouts | itemised payouts | itemized payouts | itemised list of payouts
-- also: last | latest | recent | stripe | bank | account | paid | out | single | status | received | got
-- samples: last 5 payouts | the latest payout | recent payouts in EUR | payout status
-- params: from, to, limit, currency
-- default_period: last 12 months
-- chart: list
-- columns: paid_out_on date, payout text, currency currency, amount money, status text
-- totals: amount
-- behind: movements payout
with latest as (
    select t.id, t.occurred_at, t.external_id, t.currency, t.amount_minor
    from transactions as t
    where t.org_id = %(org_id)s::text and t.kind = 'payout' and t.amount_minor < 0
      and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
      and (%(currency)s::text is null or t.currency = %(currency)s::text)
    order by t.occurred_at desc, t.id desc
    limit coalesce(%(limit)s::bigint, 1000) + 1
), answered as (
    select l.occurred_at, l.id, (l.occurred_at at time zone %(zone)s::text)::date as paid_out_on,
           l.external_id as payout, l.currency, -l.amount_minor as amount, s.state ->> 'status' as status,
           null as unknown
    from latest as l
    left join snapshots as s on s.org_id = %(org_id)s::text and s.object_id = l.external_id
    union all
    select null, null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment']), %(to)s::date, 'payment',
                          'let Stripe send its events here, or backfill them')
)
select paid_out_on, payout, currency, amount, status, unknown from answered
order by unknown nulls first, occurred_at desc, id desc
