-- name: failed_payment_count
-- title: Failed payments over time
-- definition: Failed attempts to collect an invoice, each retry counted
-- unit: count
-- counts: payments, charges, attempts, declines, failed, bounces, cards, invoices, transactions
-- family: failed_payments
-- synonyms: retries failed attempts | retries including failed attempts | retries counting failed attempts
-- synonyms: failed payment count | declines | failed payments over time | failed charges over time
-- synonyms: how often cards fail | failures
-- synonyms: failed attempts | attempts failed
-- synonyms: failed tries
-- synonyms: failed retries | number of failed payments | number of failed charges | declined attempts
-- synonyms: number of declines | failed payment attempts | payment attempts failed
-- also: attempts | bounce | bounced | bounces | card | cards | charge | charges | collect | collection
-- also: count | customer | customers | declined | declines | fail | failed | failures | had | invoice
-- also: invoices | number | of | payment | payments | rejected | retries | tally | transactions
-- also: unsuccessful | volume | which
-- samples: how many payments failed last month | failed payments per week | number of failed payments by month | how often did cards bounce this year
-- params: from, to, group_by, customer
-- groups: month, day, week, quarter
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, failures count
-- totals: failures
-- behind: events invoice.payment_failed
with counted as (
    select canvas_bucket(%(grain)s::text, r.day) as bucket, r.events as failures
    from rollup_events as r
    where %(customer)s::text is null and r.org_id = %(org_id)s::text and r.type = 'invoice.payment_failed'
      and r.day >= %(from)s::date and r.day < %(to)s::date
    union all
    select canvas_bucket(%(grain)s::text, (e.occurred_at at time zone %(zone)s::text)::date), 1
    from events as e
    where e.org_id = %(org_id)s::text and e.type = 'invoice.payment_failed' and e.status not in ('received', 'ignored')
      and e.subject_key = %(customer)s::text
      and e.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and e.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select canvas_bucket(%(grain)s::text, (e.occurred_at at time zone %(zone)s::text)::date), -1
    from events as e
    where %(customer)s::text is null and e.org_id = %(org_id)s::text and e.type = 'invoice.payment_failed'
      and e.status = 'ignored'
      and e.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and e.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select b, 0
    from canvas_buckets(canvas_stripe_known(%(org_id)s::text), %(from)s::date, %(to)s::date, %(as_of)s::date,
                        %(grain)s::text) as b
), answered as (
    select bucket, sum(failures) as failures, null as unknown
    from counted
    group by bucket
    union all
    select null, null,
           canvas_unknown(canvas_stripe_known(%(org_id)s::text), %(to)s::date, 'event of Stripe',
                          'let Stripe send its events here')
    where %(group_by)s::text is not null
)
select * from answered
order by unknown nulls first, bucket
