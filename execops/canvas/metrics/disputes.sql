-- name: disputes
-- title: Disputes
-- definition: Money that chargebacks took, and what came back of it, by the day it moved and in the currency in which it moved; charged: what was lost in the currency of the charges, if that is another one; a case counts once, on the day it first took money, and an inquiry takes none; by reason and by status: cases by the day they were opened, whether money has moved yet or not, inquiries by status alone; of customers: in the currency of the charges; fees for disputes stand under fees
-- unit: money
-- counts: charges, payments, cases
-- synonyms: disputed | dispute | disputed payments | disputed charges | lost to disputes | lost in disputes
-- synonyms: we lose to disputes | money lost disputes | contested payments | contested charges | fraud
-- synonyms: lost to fraud | money lost fraud | fraud losses | disputed amount | disputed money | charge backs
-- synonyms: charge back | lost charge backs | money disputes took | stripe disputes | customers disputed
-- synonyms: we lose | disputes cost us | disputes lost | payments disputed customers | disputes filed
-- synonyms: disputes opened | disputes raised | disputes received | disputes customers | fraudulent charges
-- synonyms: fraud cases | disputed transactions | dispute losses | losses from disputes | payment disputes
-- synonyms: contested transactions | charged back | payments charged back | money charged back
-- synonyms: won back from disputes | dispute volume | won and lost | lost and won
-- synonyms: hit with disputes | hit disputes | fraud claims
-- synonyms: clawed back disputes | clawed disputes | taken back disputes | took back disputes | pulled back disputes
-- synonyms: reversed disputes | taken away disputes | snatched back disputes | withdrawn disputes | clawbacks
-- also: volume | customers | opened | filed | raised | received | stripe | money | lost | took | taken
-- also: amount | cases | cost
-- samples: disputes this quarter | what did we lose to chargebacks | disputes by reason | disputes by status | disputes by customer | chargebacks per month in 2025
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, reason, status, customer
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, disputes count, taken money, won_back money, lost money, charged amounts
-- totals: disputes, taken, won_back, lost
-- behind: proposals dispute_lost, dispute_response | movements dispute
with cases as (
    select s.object_id as case_id, case %(group_by)s::text when 'reason' then s.state ->> 'reason' else s.state ->> 'status' end as label,
           ((s.state ->> 'created')::timestamptz at time zone %(zone)s::text)::date as opened,
           s.state ->> 'currency' as charge_currency,
           coalesce(s.state ->> 'moved_currency', s.state ->> 'currency') as currency,
           (s.state ->> 'amount')::numeric as claimed,
           coalesce(starts_with(s.state ->> 'status', 'warning_'), false) as is_inquiry,
           case when s.state ->> 'taken' is not null then (s.state ->> 'taken')::numeric
                when starts_with(s.state ->> 'status', 'warning_') then 0
                else (s.state ->> 'amount')::numeric end as taken,
           case when s.state ->> 'taken' is not null then (s.state ->> 'won_back')::numeric
                when s.state ->> 'status' = 'won' then (s.state ->> 'amount')::numeric
                else 0 end as won_back
    from snapshots s
    where s.org_id = %(org_id)s and s.object_type = 'dispute'
      and s.state ->> 'amount' is not null and s.state ->> 'currency' is not null
      and s.state ->> 'created' >= to_char(%(from)s::date - 1, 'YYYY-MM-DD')
      and s.state ->> 'created' < to_char(%(to)s::date + 2, 'YYYY-MM-DD')
), opened as (
    select * from cases where opened >= %(from)s::date and opened < %(to)s::date
), counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency, m.moves_out as disputes,
           -m.money_out as taken, m.money_in as won_back
    from canvas_moves(%(org_id)s::text, array['dispute'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    where %(group_by)s::text not in ('reason', 'status', 'customer') and %(customer)s::text is null
    union all
    select coalesce(o.label, ''), o.currency, case when o.taken > 0 or not o.is_inquiry or %(group_by)s::text = 'status' then 1 else 0 end,
           o.taken, o.won_back
    from opened as o
    where %(group_by)s::text in ('reason', 'status') and %(customer)s::text is null
    union all
    select canvas_bucket(%(grain)s::text, o.opened), o.currency, 0, 0, 0  -- an inquiry, or a case just opened
    from opened as o
    where %(group_by)s::text not in ('reason', 'status', 'customer') and %(customer)s::text is null and o.taken = 0
    union all
    select g.bucket, g.currency, 0, 0, 0
    from canvas_grid(%(org_id)s::text, array['dispute'], array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment'],
                     %(from)s::date, %(to)s::date, %(as_of)s::date, %(grain)s::text) as g
    where %(group_by)s::text not in ('reason', 'status', 'customer')
    union all
    select case when %(group_by)s::text = 'customer' then m.party else canvas_bucket(%(grain)s::text, m.start) end,
           m.currency, m.moves_out, -m.money_out, m.money_in
    from canvas_party_moves(%(org_id)s::text, 'customer', array['dispute'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(customer)s::text) as m
    where %(group_by)s::text = 'customer'
          or %(customer)s::text is not null and %(group_by)s::text not in ('reason', 'status')
), elsewhere as (
    select canvas_bucket(%(grain)s::text, (t.occurred_at at time zone %(zone)s::text)::date) as bucket, t.currency,
           t.charge_currency, -t.charge_minor as lost
    from transactions as t
    where %(group_by)s::text not in ('reason', 'status', 'customer') and %(customer)s::text is null and t.org_id = %(org_id)s and t.charge_currency is not null
      and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select coalesce(o.label, ''), o.currency, o.charge_currency,
           round(o.claimed * greatest(o.taken - o.won_back, 0) / o.taken)
    from opened as o
    where %(group_by)s::text in ('reason', 'status') and %(customer)s::text is null and o.currency <> o.charge_currency and o.taken > 0
), charged as (
    select bucket, currency, array_agg(charge_currency || ' ' || lost order by charge_currency) as charged
    from (select bucket, currency, charge_currency, sum(lost)::bigint as lost from elsewhere
          group by bucket, currency, charge_currency) as summed
    group by bucket, currency
), summed as (
    select bucket, currency, sum(disputes) as disputes, sum(taken) as taken, sum(won_back) as won_back
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
), answered as (
    select s.bucket, s.currency, s.disputes, s.taken, s.won_back, s.taken - s.won_back as lost, c.charged,
           null as unknown
    from summed as s left join charged as c using (bucket, currency)
    union all
    select null, null, null, null, null, null, null,
           case when %(customer)s::text is not null and %(group_by)s::text in ('reason', 'status')
           then 'reason and status are not known of one customer alone: ask without the customer' else canvas_unknown(least(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment']),
                                (select min(opened) from opened)), %(to)s::date, 'payment',
                          'let Stripe send its events here, or backfill them') end
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         lost desc nulls last, bucket
