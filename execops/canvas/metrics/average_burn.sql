-- name: average_burn
-- title: Average burn
-- definition: Net burn a month on average over the full months of the period in which spend is known, in each currency by itself: what went out less what came in, counted as in the burn rate; a month that has not ended is left out, and so are, of each currency, the month in which its first spend became known and those before
-- unit: money
-- counts: months
-- synonyms: average burn | average net burn | average cash burn | burn on average
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
), first_months as (
    select r.currency, min(r.start) as start
    from rollup_kinds as r
    where r.org_id = %(org_id)s::text and r.grain = 'month' and r.kind in ('issuing', 'bank')
    group by r.currency
), known as (
    select f.currency, date_trunc('month', min(r.start) + interval '1 month' - interval '1 day')::date as since
    from first_months as f
    join rollup_kinds as r on r.org_id = %(org_id)s::text and r.grain = 'day' and r.kind in ('issuing', 'bank')
     and r.currency = f.currency and r.start >= f.start and r.start < f.start + interval '1 month'
    group by f.currency
), counted as (
    select m.currency, greatest(d.since, k.since) as since, d.until, -(m.money_in + m.money_out) as burn
    from days as d
    cross join lateral canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'],
                                    d.since, d.until, 'month') as m
    left join known as k on k.currency = m.currency
    where d.since < d.until and (%(currency)s::text is null or m.currency = %(currency)s::text)
      and (k.since is null or m.start >= k.since)
), answered as (
    select c.currency,
           round(sum(c.burn) / ((date_part('year', c.until) - date_part('year', c.since)) * 12 + date_part('month', c.until) - date_part('month', c.since))::numeric)
               as burn,
           (date_part('year', c.until) - date_part('year', c.since)) * 12 + date_part('month', c.until) - date_part('month', c.since) as months,
           null as unknown
    from counted as c
    group by c.currency, c.since, c.until
    union all
    select null, null, null,
           coalesce(canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                                   'import bank files with `execops import bank`'),
                    case when (select since >= until from days)
                    then 'no full month of the period has known spend' end)
)
select * from answered
order by unknown nulls first, currency
