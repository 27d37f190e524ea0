-- name: spend_by_category
-- title: Spend by category
-- definition: Purchases by card and bank payments, less what the same vendors gave back, of those who got more than they gave in the period, by what the vendors sell; the category is the one that a person put the vendor into, else that of a table of well-known vendors; any other vendor is uncategorised
-- unit: money
-- flow: out
-- counts: purchases
-- family: spend
-- synonyms: spend categories | spending categories | expense categories | cost categories | categories of spend
-- synonyms: categories of expenses | categories of costs | spend category | expense category | top categories
-- synonyms: categories | category spend | top spend categories | which category we spend most
-- synonyms: costs by category | expenses by category | spend buckets | cost buckets | money goes by category
-- synonyms: where money goes by category | cost breakdown by category | areas of spend
-- also: spend | spending | expenses | costs | cost | expense | outgoings | expenditure | purchases | money | pay | paid
-- also: top | most | we | go | goes | went | out | categories | category | company | business
-- samples: spend by category | expenses by category last quarter | top spend categories | costs per category this year
-- params: from, to, group_by, currency, category
-- groups: category
-- default_period: last 12 months
-- chart: bar
-- columns: bucket text, currency currency, spent money, payments count
-- totals: spent, payments
-- behind: movements issuing, bank
with moved as (
    select m.party, m.currency,
           sum(case when m.party = '' and m.kind = 'bank' then -m.money_out else -(m.money_in + m.money_out) end) as spent,
           sum(m.moves_out) as payments
    from canvas_party_moves(%(org_id)s::text, 'vendor', array['issuing', 'bank'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, null) as m
    where %(group_by)s::text = 'category' and (%(currency)s::text is null or m.currency = %(currency)s::text)
    group by m.party, m.currency
), answered as (
    select vendor_category(%(org_id)s::text, m.party) as bucket, m.currency, sum(m.spent) as spent,
           sum(m.payments) as payments, null as unknown
    from moved as m
    where m.spent > 0 and (%(category)s::text is null
                           or vendor_category(%(org_id)s::text, m.party) = lower(%(category)s::text))
    group by 1, 2
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['issuing', 'bank']), %(to)s::date, 'spend',
                          'import bank files with `execops import bank`')
)
select * from answered
order by unknown nulls first, currency, spent desc, bucket
