-- name: spend_over_time
-- title: Spend over time
-- definition: Purchases by card and bank payments, less what the same vendors gave back, of those who got more than they gave in the period
-- unit: money
-- flow: out
-- counts: purchases
-- family: spend
-- synonyms: spend | spending | total spend | expenses | costs | outgoings | outflows | expenditure
-- synonyms: expenditures | how much we spend | we spend | spend money | money spent | money out
-- synonyms: money going out | money out the door | out the door | went out | cash out | money went out
-- synonyms: money leaving | company spend | company expenses | business expenses | operating expenses | opex
-- synonyms: operating costs | purchases
-- synonyms: expenses paid | bills paid | spend went | spent in total | outgoing payments
-- synonyms: outgoing money | outgoing | cost | costs us | pay | paid | we pay | charge us | charged us | cost us
-- synonyms: expense | overheads | overhead | fork over | fork out | shell out | cough up
-- synonyms: cash spent | splashed out | cost base
-- also: vendor | vendors | made | volume | money | cash | business | paid | pay | went | go | gone | flow
-- also: flowed | company | total | each | leave | left
-- samples: spend by month | how does our spend move | spend per week since September | what did we spend last month | spending on AWS by quarter
-- params: from, to, group_by, currency, vendor, category
-- groups: month, day, week, quarter, currency, vendor
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, spent money, payments count
-- totals: spent, payments
-- behind: proposals spend_spike | movements issuing, bank
with moved as (
    select m.party, m.start, m.currency,
           case when m.party = '' and m.kind = 'bank' then -m.money_out else -(m.money_in + m.money_out) end as spent,
           m.moves_out as payments
    from canvas_party_moves(%(org_id)s::text, 'vendor', array['issuing', 'bank'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(vendor)s::text) as m
    where (%(currency)s::text is null or m.currency = %(currency)s::text)
      and (%(category)s::text is null or vendor_category(%(org_id)s::text, m.party) = lower(%(category)s::text))
), paid as (
    select party, currency, sum(spent) as spent, sum(payments) as payments
    from moved
    group by party, currency
    having sum(spent) > 0
), counted as (
    select case when %(group_by)s::text = 'vendor' then m.party else canvas_bucket(%(grain)s::text, m.start) end as bucket,
           m.currency, m.spent, m.payments
    from moved as m
    join paid on paid.party = m.party and paid.currency = m.currency
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['issuing', 'bank'], array['issuing', 'bank'], %(from)s::date,
                     %(to)s::date, %(as_of)s::date, %(grain)s::text) as g
    where %(group_by)s::text <> 'vendor' and (%(currency)s::text is null or g.currency = %(currency)s::text)
), answered as (
    select bucket, currency, sum(spent) as spent, sum(payments) as payments, null as unknown
    from counted
    group by bucket, currency
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         spent desc nulls last, bucket
