-- name: new_vendors
-- title: New vendors
-- definition: Vendors who were paid for the first time in the period, by card or by bank, the latest first, with what they got in it, less what they gave back; a vendor is new by what the books know: those who were paid before the first imported day look new too
-- unit: money
-- flow: out
-- counts: vendors, suppliers
-- synonyms: new vendors | new vendor | new suppliers | first time vendors | first payments to vendors | vendors added
-- synonyms: vendors new | vendors we never paid before | never paid before | vendors paid first time | new spend
-- synonyms: paid for the first time | new expenses | new costs | new subscriptions we pay | new bills
-- synonyms: vendors started paying | started paying | vendors started | new tools | new software
-- synonyms: started spending on | who started to pay | new names in spend
-- also: last | vendors | vendor | pay | paid | paying | spend | first | time | started | we | which | who
-- samples: new vendors this month | which vendors are new | new suppliers since September | vendors we started paying this quarter
-- params: from, to, limit, currency
-- default_period: last 30 days
-- chart: list
-- columns: first_paid_on date, vendor text, currency currency, spent money, payments count
-- totals: spent, payments
-- behind: movements issuing, bank
with moved as (
    select m.party, m.currency, sum(-(m.money_in + m.money_out)) as spent, sum(m.moves_out) as payments
    from canvas_party_moves(%(org_id)s::text, 'vendor', array['issuing', 'bank'], %(from)s::date, %(to)s::date, 'month',
                            null) as m
    where m.party <> ''
    group by m.party, m.currency
    having sum(m.moves_out) > 0
), arrived as materialized (  -- the days are read of these alone
    select distinct m.party
    from moved as m
    where not exists (
        select 1 from rollup_parties as r
        where r.org_id = %(org_id)s::text and r.role = 'vendor' and r.party = m.party and r.grain = 'day'
          and r.start < %(from)s::date and r.kind in ('issuing', 'bank') and r.money_out < 0)
), new as (
    select a.party, days.first_paid_on
    from arrived as a
    cross join lateral (
        select min(paid.start) as first_paid_on
        from (select r.start from rollup_parties as r
              where r.org_id = %(org_id)s::text and r.role = 'vendor' and r.party = a.party and r.grain = 'day'
                and r.start >= %(from)s::date and r.start < %(to)s::date and r.kind in ('issuing', 'bank')
              group by r.start, r.kind, r.currency
              having sum(r.money_out) < 0) as paid) as days
), answered as (
    select n.first_paid_on, n.party as vendor, m.currency, m.spent, m.payments, null as unknown
    from new as n
    join moved as m on m.party = n.party
    where %(currency)s::text is null or m.currency = %(currency)s::text
    union all
    select null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, first_paid_on desc, currency, spent desc, vendor
limit coalesce(%(limit)s::bigint, 1000) + 1
