-- name: average_burn
-- title: Average burn
-- definition: Net burn a month on average over the full months of the period in which spend is known, in each currency by itself: what went out less what came in, counted as in the burn rate; a month that has not ended is left out, and so is the month in which the first spend became known
-- unit: money
-- counts: months
-- synonyms: average burn | average net burn | average cash burn | burn average | burn on average
-- synonyms: we burn on average | usually burn | averaged burn
-- also: burn | money | cash | net | rate | monthly | month | usually | average | we
-- samples: average burn | average monthly burn this year | how much do we burn on average | average burn in EUR
-- params: from, to, currency
-- default_period: last 12 months
-- chart: number
-- columns: currency currency, burn money, months count
-- behind: movements charge, refund, dispute, dispute_fee, fee, adjustment, issuing, bank
with days as (
    select greatest(date_trunc('month', %(from)s::date + interval '1 month' - interval '1 day'),
                    date_trunc('month', canvas_known(%(org_id)s::text, array['issuing', 'bank'])
                                        + interval '1 month' - interval '1 day'))::date as since,
           date_trunc('month', least(%(to)s::date, %(as_of)s::date)::timestamp)::date as until
), counted as (
    select m.currency, -(m.money_in + m.money_out) as burn
    from days as d
    cross join lateral canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'],
                                    d.since, d.until, 'month') as m
    where d.since < d.until and (%(currency)s::text is null or m.currency = %(currency)s::text)
), answered as (
    select c.currency, round(sum(c.burn) / max(d.months)::numeric) as burn, max(d.months) as months, null as unknown
    from counted as c
    cross join (select date_part('year', until) * 12 + date_part('month', until)
                       - date_part('year', since) * 12 - date_part('month', since) as months from days) as d
    group by c.currency
    union all
    select null, null, null,
           coalesce(canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                                   'import bank files with `execops import bank`'),
                    case when (select since >= until from days)
                    then 'no full month of the period has known spend' end)
)
select * from answered
order by unknown nulls first, currency
