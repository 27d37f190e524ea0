-- name: spend_by_vendor
-- title: Spend by vendor
-- definition: Purchases by card and bank payments, less what the same vendors gave back, of those who got more than they gave in the period; a limit counts within each currency
-- unit: money
-- synonyms: who do we pay | vendors | suppliers | biggest costs | top vendors | expenses by vendor | where does the money go | most expensive
-- samples: spend by vendor | who do we pay the most | top 5 vendors last quarter | how much did we pay AWS this year | biggest expenses in September
-- params: from, to, group_by, limit, currency, vendor
-- groups: vendor
-- default_period: last 12 months
-- chart: bar
-- columns: bucket text, currency currency, spent money, payments count
-- behind: proposals spend_spike | movements issuing, bank
with moved as (
    select m.party, m.start, m.currency,
           case when m.party = '' and m.kind = 'bank' then -m.money_out else -(m.money_in + m.money_out) end as spent,
           m.moves_out as payments
    from canvas_party_moves(%(org_id)s::text, 'vendor', array['issuing', 'bank'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(vendor)s::text) as m
    where %(currency)s::text is null or m.currency = %(currency)s::text
), paid as (
    select party, currency, sum(spent) as spent, sum(payments) as payments
    from moved
    group by party, currency
    having sum(spent) > 0
), ranked as (
    select party, currency, spent, payments,
           row_number() over (partition by currency order by spent desc, party) as place
    from paid
), answered as (
    select party as bucket, currency, spent, payments, null as unknown
    from ranked
    where %(limit)s::bigint is null or place <= %(limit)s::bigint
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, currency, spent desc, bucket
