-- name: recovery_rate
-- title: Recovery rate
-- definition: Invoices of which a payment failed, each once, by the day of its first failure, with what was open then, and what became of it by now: paid within 30 days after an executed action about it (recovery_rate: its percentage), paid without one (after a rejection, after an expiry, by itself: before anybody acted, or later than 30 days after), open, or lost (voided, given up, settled without money); these six add up to what failed; approved: where an action was approved before the invoice was settled; attempt and decline are those of the last failure; a later refund or dispute takes nothing back
-- unit: percent
-- counts: payments, invoices
-- synonyms: recovery rate
-- samples: recovery rate
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, attempt, decline, reason
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, recovery_rate percent, paid_rate percent, invoices count, failed money, approved money, after_action money, after_rejection money, after_expiry money, by_itself money, open money, lost money
-- behind: recovered
with counted as (
    select case %(group_by)s::text when 'attempt' then to_char(r.attempt, 'FM999999990')
                when 'decline' then coalesce(r.decline, 'unknown')
                when 'reason' then coalesce(r.reason, 'unknown')
                else canvas_bucket(%(grain)s::text, (r.failed_at at time zone %(zone)s::text)::date) end as bucket,
           r.currency, 1 as invoices, r.failed, r.approved, r.after_action, r.after_rejection, r.after_expiry,
           r.by_itself, r.open, r.lost
    from invoice_recoveries(%(org_id)s::text, %(from)s::date::timestamp at time zone %(zone)s::text,
                            %(to)s::date::timestamp at time zone %(zone)s::text, %(customer)s::text,
                            %(group_by)s::text in ('decline', 'reason')) as r
    union all
    select b, c, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from canvas_buckets(canvas_events_known(%(org_id)s::text), %(from)s::date, %(to)s::date, %(as_of)s::date,
                        %(grain)s::text) as b
    cross join canvas_currencies(%(org_id)s::text, array['invoice_paid'], %(from)s::date,
                                 least(%(to)s::date, %(as_of)s::date + 1)) as c
    where %(grain)s::text is not null
), answered as (
    select bucket, currency,
           round(100 * sum(after_action) / nullif(sum(failed), 0), 1) as recovery_rate,
           round(100 * sum(after_action + after_rejection + after_expiry + by_itself) / nullif(sum(failed), 0), 1)
               as paid_rate,
           sum(invoices) as invoices, sum(failed) as failed, sum(approved) as approved,
           sum(after_action) as after_action, sum(after_rejection) as after_rejection,
           sum(after_expiry) as after_expiry, sum(by_itself) as by_itself, sum(open) as open, sum(lost) as lost,
           null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null, null, null, null, null, null, null, null, null, null,
           canvas_unknown(canvas_events_known(%(org_id)s::text), %(to)s::date, 'event',
                          'let Stripe send its events here')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         case when %(group_by)s::text = 'attempt' then length(bucket) end,
         case when %(group_by)s::text = 'attempt' then bucket end, failed desc nulls last, bucket
