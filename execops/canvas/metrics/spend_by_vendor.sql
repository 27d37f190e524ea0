-- name: spend_by_vendor
-- title: Spend by vendor
-- definition: Purchases by card and bank payments, less what the same vendors gave back, of those who got more than they gave in the period; a limit counts within each currency
-- unit: money
-- flow: out
-- counts: purchases
-- family: spend
-- synonyms: who we pay | whom we pay | who we pay most | whom we pay most | who we spend most with
-- synonyms: who we spend with | who gets our money | who gets most of our money | who costs us most
-- synonyms: who costs us the most | what costs us most | what costs us the most | vendors | vendor spend
-- synonyms: vendor costs | vendor expenses | vendor bills | biggest costs | biggest expenses | biggest expense
-- synonyms: top expenses | top costs | top bills | top spend | top spending | top outgoings | top vendors
-- synonyms: top vendor | most expensive vendors | most expensive | most costly vendors | heaviest vendors
-- synonyms: top vendors by spend | top vendors spend | top vendors cost | vendors by spend | vendors by cost
-- synonyms: vendors we spend most | vendors we pay | vendors we pay most | vendors we pay the most
-- synonyms: which vendors cost us most | vendors cost most | expenses by vendor | where the money goes
-- synonyms: where money goes | where our money goes | where money goes most | where we spend
-- synonyms: where we spend most | where we spend our money | where spend go | where does our cash go
-- synonyms: where cash go | paid to vendors | pay vendors | payments to vendors | spend most | spend most on
-- synonyms: expensive vendor | spend the most on | vendor bill | went to vendor | gone to vendors
-- synonyms: flows to vendor | sent to vendor | vendor charged | vendor took | vendor gets | vendor received
-- synonyms: vendor got | vendor invoiced | vendor billed | vendor cost | handed to vendor | top cost drivers
-- synonyms: top spend items | who takes most of our money | who takes our money | top suppliers | vendors most
-- synonyms: vendor most money | vendor got most | vendor took most | vendors get most
-- synonyms: tool costs | software bills | splurged on
-- also: charge | charged | cost | costs | cough | expenditure | expenses | fork | go | goes | made | money
-- also: on | out | outgoings | over | paid | pay | shell | spend | spending | to | up | us | we | went
-- also: which | who | purchases
-- samples: spend by vendor | who do we pay the most | top 5 vendors last quarter | how much did we pay AWS this year | biggest expenses in September
-- params: from, to, group_by, limit, currency, vendor, category
-- groups: vendor
-- default_period: last 12 months
-- chart: bar
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
