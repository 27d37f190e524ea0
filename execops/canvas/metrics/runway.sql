-- name: runway
-- title: Runway
-- definition: Months until the cash is gone: cash divided by the average net burn of the last three full months, in each currency by itself; no months where nothing burns
-- unit: months
-- counts: months
-- synonyms: months left | months of cash | months of runway | months of money | how many months have left
-- synonyms: how long until run out of money | how long until run out of cash | run out of money
-- synonyms: run out of cash | when run out of money | when run out of cash | when will run out of money
-- synonyms: when will run out of cash | how long until run out | when run out | when money runs out
-- synonyms: when cash runs out | how long before run out of money | how long before run out of cash
-- synonyms: how long before run out | how long until money gone | how long until cash gone
-- synonyms: how many months until money gone | months until money gone | months until cash gone
-- synonyms: months until run out of money | months until run out of cash | months before run out of cash
-- synonyms: months before run out of money | months before money gone | how long till run out of money
-- synonyms: how long till run out of cash | months till run out of cash | months till run out of money
-- synonyms: months till money gone | when money gone | when cash gone | how long money last | how long cash last
-- synonyms: how long will the money last | how long will cash last | how many months will cash last
-- synonyms: how many months cash last | months cash last | months money last | time to zero | time until broke
-- synonyms: how long until broke | when broke | until are broke | zero cash date | cash zero date | cash zero
-- synonyms: cash out date | date run out of cash | date run out of money | when are out of money
-- synonyms: when are out of cash | how long survive | how long can survive | how many months survive | survive
-- synonyms: months to live | how long to live | how much time left | time left | how long left
-- synonyms: how much time have left | cash runway | runway months | runway left | runway remaining
-- synonyms: months remaining | months of runway left | months runway left | when hit zero | when hit zero cash
-- synonyms: hit zero | how long keep lights on | keep lights on | stay alive | how long stay alive
-- synonyms: how many months in bank | months in the tank | left in the tank | months of burn left
-- synonyms: how long cash hold out | how long hold out | how much runway | run dry | how long can last
-- synonyms: how long last | months keep going | money runs out | cash runs out | funds run out | run out
-- synonyms: months can keep going | how far cash go | cash stretch | money stretch | bankrupt | go bust | bust
-- synonyms: insolvent | tank empty | until broke
-- also: can | could | still | when | until | till | before | long | months | month | cash | money | left
-- also: time | date | we | run | runs | out | gone | have | remaining | funds | bank
-- samples: runway | how long until we run out of money | how many months do we have left | runway in USD
-- params: currency
-- default_period: now
-- chart: number
-- columns: currency currency, cash money, burn money, months months
-- behind: proposals runway_low
with held as (
    select b.currency, sum(b.amount_minor) as cash
    from canvas_balances(%(org_id)s::text, (%(as_of)s::date + 1)::timestamp at time zone %(zone)s::text) as b
    group by b.currency
), banks as (
    select count(*) as accounts
    from canvas_balances(%(org_id)s::text, (%(as_of)s::date + 1)::timestamp at time zone %(zone)s::text) as b
    where b.account <> 'stripe'
), span as (
    select (date_trunc('month', %(as_of)s::date::timestamp) - interval '3 months')::date as since,
           date_trunc('month', %(as_of)s::date::timestamp)::date as until
), flow as (
    select m.currency, -sum(m.money_in) - sum(m.money_out) as burnt
    from span join lateral canvas_moves(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'], span.since, span.until, 'month') as m on true
    group by m.currency
), judged as (
    select held.currency, held.cash, coalesce(flow.burnt, 0) as burnt,
           case when banks.accounts = 0 then 'no bank balance is known: import a bank file with `execops import bank`'
                when known.since is null or known.since >= span.since + interval '1 month'
                then 'fewer than 3 full months of spend in ' || held.currency
                     || ' are known: import older bank files with `execops import bank`' end as unknown
    from span join banks on true
    join held on true
    left join flow on flow.currency = held.currency
    left join lateral (
        select min(f.start) as since
        from (values ('issuing'), ('bank')) as k (kind)
        join lateral (
            select r.start from rollup_kinds as r
            where r.org_id = %(org_id)s::text and r.grain = 'day' and r.kind = k.kind
              and r.currency = held.currency
            order by r.start limit 1) as f on true
    ) as known on true
), answered as (
    select currency, cash, case when unknown is null then round(burnt / 3) end as burn,
           case when unknown is null and burnt > 0 then greatest(0, floor(cash * 30 / burnt)) / 10 end as months, unknown
    from judged
    where %(currency)s::text is null or currency = %(currency)s::text
    union all
    select null, null, null, null,
           case when not exists (select 1 from judged where %(currency)s::text is null or currency = %(currency)s::text)
           then 'no bank balance is known: import a bank file with `execops import bank`' end
)
select * from answered
order by unknown nulls first, currency
