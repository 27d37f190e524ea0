-- name: burn_rate
-- title: Burn rate
-- definition: Net burn: what went out less what came in (charges, refunds, disputes, fees, purchases, bank movements), left out are loans, investments and grants that came in, and transfers between own accounts: those that the bank names as such, and those whose two halves are in the books; below zero where more came in
-- unit: money
-- synonyms: burn | net burn | cash burn | how fast we spend | burn money | burn through cash
-- synonyms: burn through money | bleeding money
-- synonyms: bleed cash | bleed | how fast we burn | how fast we burn cash | how fast burn money | monthly burn
-- synonyms: net outflow | we lose | we losing | burning through | how quick burn cash | how quickly burn cash
-- synonyms: how quickly burn money | how fast through cash | how fast through money
-- synonyms: go cash fast | cash consumption | cash drain | cash usage | cash used | cash outflow
-- synonyms: net cash outflow | cash burnt | money burnt
-- synonyms: torch | torched | torching money | money torched | net cash burn
-- synonyms: losing money | net outgoings
-- also: cash | money | net | fast | each | rate | spending
-- samples: burn rate | net burn by month | how much are we burning | burn since March
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, money_in money, money_out money, burn money
-- totals: money_in, money_out, burn
-- behind: proposals runway_low | movements charge, refund, dispute, dispute_fee, fee, adjustment, issuing, bank
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency, m.money_in, m.money_out
    from canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'],
                      greatest(%(from)s::date, canvas_known(%(org_id)s::text, array['issuing', 'bank'])),
                      %(to)s::date, %(grain)s::text) as m
    where canvas_known(%(org_id)s::text, array['issuing', 'bank']) < %(to)s::date
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'], array['issuing', 'bank'], %(from)s::date, %(to)s::date,
                     %(as_of)s::date, %(grain)s::text) as g
), answered as (
    select bucket, currency, sum(money_in) as money_in, -sum(money_out) as money_out,
           -sum(money_in) - sum(money_out) as burn, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         burn desc nulls last, bucket
