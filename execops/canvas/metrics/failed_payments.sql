-- name: failed_payments
-- title: Failed payments
-- definition: Invoices of which a payment failed in the period, the latest failure first, with their state now, and the reason of the latest failure as Stripe told it, empty where it told none
-- unit: money
-- family: failed_payments
-- synonyms: where a payment failed invoices
-- synonyms: failed charges | charges failed | charge failures | declined cards | cards declined | bounced cards
-- synonyms: cards that bounced | declined payments | payments declined | declined charges | payments that failed
-- synonyms: payment failures | failed invoices | invoices failed | invoices that failed | card declines
-- synonyms: card failures | cards failed | failed cards | whose card failed | whose card was declined
-- synonyms: whose cards bounced | whose payment failed | whose payment bounced | whose payment was declined
-- synonyms: whose charge failed | who failed to pay | whose card did not work | customers with failed payments
-- synonyms: customers whose payment failed | customers whose card failed | customers whose card was declined
-- synonyms: customers whose card bounced | customers failed payments | customers declined cards
-- synonyms: customers bounced cards | invoices with failed payments | invoices payments failed
-- synonyms: bounced payments | payments bounced | payments | bounces | failures | unsuccessful payments
-- synonyms: unsuccessful charges | failed transactions | transactions failed | declined transactions
-- synonyms: transactions declined | failed card payments | declined card payments | card payments failed
-- synonyms: failed payment attempts | payments rejected | rejected payments | rejected cards | cards rejected
-- synonyms: whose card was rejected | payments failed | payments go | charges go
-- synonyms: customers cards | whose payment go | cards go | who bounced | who declined
-- synonyms: payments that bounced | card payments bounced | card payments declined | who failed payments
-- synonyms: who card failed | who payment failed | failing cards | failing payments | failed | failing invoices
-- synonyms: customers failing payments
-- synonyms: invoices whose payment failed
-- synonyms: invoices we couldn't collect | invoices couldn't collect | couldn't collect
-- synonyms: uncollected invoices | invoices with declined cards | bounced invoices | invoices bounced
-- also: last | who | whose | which | customers | customer | card | cards | invoices | charge | charges
-- also: payment | payments | had | declined | bounced | attempts | collect | through | go | went
-- samples: failed payments | which payments failed this week | cards that bounced last month | the last 5 failed payments
-- params: from, to, limit, currency, customer
-- default_period: last 30 days
-- chart: list
-- columns: failed_on date, customer text, name text, invoice text, currency currency, amount money, attempts count, status text, reason text
-- totals: amount
-- behind: events invoice.payment_failed
with failures as (
    select e.object_id as invoice, max(e.occurred_at) as failed_at
    from events as e
    where e.org_id = %(org_id)s::text and e.type = 'invoice.payment_failed' and e.status <> 'ignored'
      and e.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and e.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
      and (%(customer)s::text is null or e.subject_key = %(customer)s::text)
    group by e.object_id
    order by failed_at desc, invoice
    limit case when %(currency)s::text is null then coalesce(%(limit)s::bigint, 1000) + 1 end
), answered as (
    select f.failed_at, (f.failed_at at time zone %(zone)s::text)::date as failed_on, s.state ->> 'customer' as customer,
           coalesce(c.state ->> 'name', s.state ->> 'customer_name') as name, f.invoice, s.state ->> 'currency' as currency,
           (s.state ->> 'amount_due')::numeric as amount, (s.state ->> 'attempt_count')::numeric as attempts,
           s.state ->> 'status' as status, told.reason, null as unknown
    from failures as f
    left join lateral (  -- `offset 0`: by its key, one invoice after the other, however many there are on record
        select i.state from snapshots as i where i.org_id = %(org_id)s::text and i.object_id = f.invoice offset 0
    ) as s on true
    left join lateral (
        select i.state from snapshots as i
        where i.org_id = %(org_id)s::text and i.object_id = s.state ->> 'customer' offset 0
    ) as c on true
    left join lateral (
        select d.state ->> 'reason' as reason
        from snapshots as d
        where d.org_id = %(org_id)s::text and d.subject_key = coalesce(s.state ->> 'customer', f.invoice)
          and d.object_type in ('charge', 'payment_intent') and d.state ->> 'reason' is not null
          and d.as_of <= f.failed_at + make_interval(hours => 1)
          and case when d.state ->> 'invoice' is not null then d.state ->> 'invoice' = f.invoice
                   when s.state -> 'payments' <> '[]'
                   then s.state -> 'payments' @> to_jsonb(d.object_id)
                        or s.state -> 'payments' @> (d.state -> 'intent') or s.state -> 'payments' @> (d.state -> 'charge')
                   else d.as_of >= f.failed_at - make_interval(days => 1)  -- nothing names the payment: its amount decides
                        and d.state ->> 'currency' = s.state ->> 'currency'
                        and d.state ->> 'amount' in (s.state ->> 'amount_due', s.state ->> 'amount_remaining') end
        order by d.as_of desc, d.object_type, d.object_id desc
        limit 1
    ) as told on true
    where %(currency)s::text is null or s.state ->> 'currency' = %(currency)s::text
    union all
    select null, null, null, null, null, null, null, null, null, null,
           canvas_unknown(canvas_stripe_known(%(org_id)s::text), %(to)s::date, 'event of Stripe',
                          'let Stripe send its events here')
)
select * from answered
order by unknown nulls first, failed_at desc, invoice
limit coalesce(%(limit)s::bigint, 1000) + 1
