-- name: movements
-- title: Movements
-- definition: The movements of money themselves, the latest first, or the largest first where a question asks for them; left out are transfers between own accounts that the bank names as such or whose two halves are in the books; over: more than this amount in major units, whichever way it went; a limit of the largest counts within each currency
-- unit: money
-- synonyms: movements | transactions | money movements | last transactions | last movements | latest transactions | recent transactions
-- synonyms: recent movements | top transactions | top movements | top payment | single transactions
-- synonyms: ledger entries | bank movements | booked transactions | booked movements | booked bank movements | single bank movements | single movements
-- synonyms: bank transactions | account movements | bank lines | statement lines
-- synonyms: last payments | latest payments | recent payments | outgoing transactions | incoming transactions
-- synonyms: outgoing movements | incoming movements | payments we made
-- synonyms: last payment | last transaction | last movement | top payments
-- synonyms: line by line | ledger | account activity | bank activity | statement
-- synonyms: money came in movements | recent activity | cashflow movements
-- also: last | latest | recent | top | incoming | outgoing | payment | payments | transactions | transaction | money
-- also: bank | account | made | out | paid | we | received | in | came | went | vendor | customer | customers | card
-- samples: last 10 transactions | transactions in October | biggest payments this month | movements over 1000 | latest transactions from AWS
-- params: from, to, limit, currency, vendor, customer, direction, order, over
-- default_period: last 12 months
-- chart: list
-- columns: moved_on date, kind text, name text, currency currency, amount money
-- totals: amount
-- behind: movements charge, refund, dispute, dispute_fee, fee, adjustment, issuing, bank, financing
with latest as (
    select t.id, t.occurred_at, t.kind, t.counterparty, t.customer, t.currency, t.amount_minor, 0 as place
    from transactions as t
    where %(order)s::text = 'latest' and t.org_id = %(org_id)s::text
      and t.kind in ('charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing')
      and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
      and (%(currency)s::text is null or t.currency = %(currency)s::text)
      and (%(vendor)s::text is null or t.counterparty = %(vendor)s::text)
      and (%(customer)s::text is null or t.customer = %(customer)s::text)
      and (%(direction)s::text is null or (t.amount_minor > 0) = (%(direction)s::text = 'in'))
      and (%(over)s::numeric is null
           or abs(t.amount_minor) > %(over)s::numeric * case
               when t.currency in ('BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV',
                                   'XAF', 'XOF', 'XPF') then 1
               when t.currency in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 1000
               else 100 end)
    order by t.occurred_at desc, abs(t.amount_minor) desc, t.currency, t.kind, t.amount_minor, t.id desc
    limit coalesce(%(limit)s::bigint, 1000) + 1
), largest as (
    select m.*
    from canvas_currencies(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing'],
                           %(from)s::date, %(to)s::date) as c
    cross join lateral (
        select t.id, t.occurred_at, t.kind, t.counterparty, t.customer, t.currency, t.amount_minor,
               row_number() over (order by abs(t.amount_minor) desc, t.occurred_at desc, t.kind, t.amount_minor, t.id desc) as place
        from transactions as t
        where %(order)s::text = 'largest' and t.org_id = %(org_id)s::text and t.currency = c
          and t.kind in ('charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing')
          and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
          and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
          and (%(currency)s::text is null or t.currency = %(currency)s::text)
          and (%(vendor)s::text is null or t.counterparty = %(vendor)s::text)
          and (%(customer)s::text is null or t.customer = %(customer)s::text)
          and (%(direction)s::text is null or (t.amount_minor > 0) = (%(direction)s::text = 'in'))
          and (%(over)s::numeric is null
               or abs(t.amount_minor) > %(over)s::numeric * case
                   when t.currency in ('BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND',
                                       'VUV', 'XAF', 'XOF', 'XPF') then 1
                   when t.currency in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 1000
                   else 100 end)
        order by abs(t.amount_minor) desc, t.occurred_at desc, t.kind, t.amount_minor, t.id desc
        limit coalesce(%(limit)s::bigint, 1000)
    ) as m
), answered as (
    select m.occurred_at, m.id, m.place, (m.occurred_at at time zone %(zone)s::text)::date as moved_on, m.kind,
           coalesce(m.counterparty, s.state ->> 'name', m.customer) as name, m.currency, m.amount_minor as amount,
           null as unknown
    from (select * from latest union all select * from largest) as m
    left join snapshots as s on s.org_id = %(org_id)s::text and s.object_id = m.customer
    union all
    select null, null, null, null, null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank', 'financing']),
                          %(to)s::date, 'movement', 'import bank files with `execops import bank`, or connect Stripe')
)
select moved_on, kind, name, currency, amount, unknown from answered
order by unknown nulls first, case when place > 0 then currency end, place, occurred_at desc, abs(amount) desc, currency, kind, amount, id desc
