-- name: refunds
-- title: Refunds
-- definition: Money given back to customers, less refunds that failed and came back; by reason: as it was given to Stripe when the refund was made, empty where none was
-- unit: money
-- flow: out
-- counts: payments, charges, reimbursements
-- synonyms: money returned to customers | money returned | refunded | refund | money back | gave money back
-- synonyms: money given back | given back | give back | gave back | handed back | handed money back | hand back
-- synonyms: money handed back | reimbursed | reimbursements | reimburse | refunds to customers
-- synonyms: refunded to customers | refunds customers | refunds issued | refunds given | refunds made
-- synonyms: refunds paid | money refunded | refunds paid out | refunds pay | refunded revenue | revenue refunded
-- synonyms: paid back | pay back | paid back to customers | money paid back | payments refunded
-- synonyms: charges refunded | refunded payments | refunded charges | refunds sent | stripe refunds
-- synonyms: customer refunds | money back to customers | gave money back to customers | gave back to customers
-- synonyms: given back customers | handed back customers | paid back customers | lost to refunds
-- synonyms: lose to refunds | refund costs | refunds cost | refunds processed | payments refund
-- synonyms: refunds happened | refunds go out | credited back | sent back | money sent back | refund volume
-- synonyms: got their money back | get their money back
-- also: volume | customers | issued | processed | granted | handled | sent | stripe | money | made
-- samples: refunds last month | how much did we refund this year | refunds by customer in Q3 | refunds per week | refunds by reason
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, customer, reason
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, refunded money, refunds count
-- totals: refunded, refunds
-- behind: proposals refund_failed | movements refund
with counted as (
    select canvas_bucket(%(grain)s::text, m.start) as bucket, m.currency,
           -(m.money_in + m.money_out) as refunded,
           m.moves_out as refunds
    from canvas_moves(%(org_id)s::text, array['refund'], %(from)s::date, %(to)s::date, %(grain)s::text) as m
    where %(customer)s::text is null and %(group_by)s::text not in ('customer', 'reason')
    union all
    select case when %(group_by)s::text = 'customer' then m.party
                else canvas_bucket(%(grain)s::text, m.start) end, m.currency,
           -(m.money_in + m.money_out) as refunded,
           m.moves_out as refunds
    from canvas_party_moves(%(org_id)s::text, 'customer', array['refund'], %(from)s::date, %(to)s::date,
                            %(grain)s::text, %(customer)s::text) as m
    where %(group_by)s::text = 'customer' or %(customer)s::text is not null and %(group_by)s::text <> 'reason'
    union all
    select coalesce(s.state ->> 'reason', ''), t.currency, -t.amount_minor,
           case when t.amount_minor < 0 and not t.further then 1 else 0 end
    from transactions as t
    left join snapshots as s on s.org_id = %(org_id)s::text and s.object_id = split_part(t.external_id, ':', 1)
                            and s.object_type = 'refund'
    where %(group_by)s::text = 'reason' and t.org_id = %(org_id)s::text and t.kind = 'refund'
      and t.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and t.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
      and (%(customer)s::text is null or t.customer = %(customer)s::text)
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['refund'], array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment'], %(from)s::date, %(to)s::date, %(as_of)s::date,
                     %(grain)s::text) as g
    where %(group_by)s::text not in ('customer', 'reason')
), answered as (
    select bucket, currency, sum(refunded) as refunded, sum(refunds) as refunds, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['charge', 'refund', 'dispute', 'payout', 'invoice_paid', 'fee', 'adjustment']), %(to)s::date, 'payment',
                          'let Stripe send its events here, or backfill them')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         refunded desc nulls last, bucket
