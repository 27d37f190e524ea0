-- name: recovery_rate
-- title: Recovery rate
-- definition: Invoices of which a payment failed, each once, by the day of its first failure, with what was open then, and what became of it by now: paid within 30 days after an executed action about it (recovery_rate: its percentage), paid without one (after a rejection, after an expiry, by itself: before anybody acted, or later than 30 days after), open, or lost (voided, given up, settled without money); these six add up to what failed; approved: where an action was approved before the invoice was settled; attempt and decline are those of the last failure; a later refund or dispute takes nothing back
-- unit: percent
-- counts: payments, invoices
-- family: recovered
-- synonyms: recovery | recoveries | recovery rates | rate of recovery | recovery percent | recovery share | recovery ratio
-- synonyms: rate of recovered payments | recovered rate | share of failed payments recovered
-- synonyms: share of failed payments recover | share of failed invoices recovered | share of failed invoices recover
-- synonyms: share of failed charges recovered | share of failed charges recover | share recovered | share recover
-- synonyms: percent of failed payments recovered | percent of failed payments recover | percent recovered
-- synonyms: percent of failed invoices recovered | percent of failed charges recovered | percent recover
-- synonyms: fraction of failed payments recovered | fraction recovered | fraction recover
-- synonyms: proportion of failed payments recovered | proportion recovered | proportion recover
-- synonyms: portion of failed payments recovered | portion recovered | portion recover
-- synonyms: of what failed recovered | what failed recovered | failed recovered | failed recover | failed paid
-- synonyms: failed payments paid | failed invoices paid | failed payments got paid | failed payments paid after all
-- synonyms: failed payments came back | failed payments come back | failed came back | failed come back
-- synonyms: came back without | come back without | came back by itself | came back on its own | paid without
-- synonyms: paid without an action | paid without action | paid without mails | paid by itself | paid on its own | failed came back on their own
-- synonyms: recovered without | recovered by itself | recovered on its own | recovered without mails
-- synonyms: recovered without action | self healed | self healed payments | healed by itself | dunning rate
-- synonyms: dunning success | dunning success rate | success rate of dunning | recovery success rate
-- synonyms: collection rate | collected share of failed payments | lost failed payments | failed payments lost
-- synonyms: share of failed invoices paid after | share of failed payments paid after | share of failed paid
-- synonyms: declined payments paid | declined payments recovered
-- synonyms: declined payments recover | declined payments came back | declined cards recovered
-- synonyms: failed payments never paid | recovered or lost | became of failed payments
-- synonyms: failed invoices save | failed invoices saved | failed invoices recovered
-- synonyms: became of failed invoices | became of invoices whose payment failed
-- synonyms: how many failed invoices recovered | success of recovery | failed invoices get paid in the end
-- also: failed | payments | payment | invoices | invoice | charges | charge | recovered | recover | recovery
-- also: revenue | money | share | percent | rate | without | itself | own | back | after | all | mails | retries
-- also: fraction | proportion | portion | their | came | come | become | became | healed | what | volume | action | actions | got | declined | cards
-- samples: recovery rate | what share of failed payments did we recover | how much came back without us | recovered by decline code | recovery by attempt
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, attempt, decline, decline_class
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, recovery_rate percent, paid_rate percent, invoices count, failed money, approved money, after_action money, after_rejection money, after_expiry money, by_itself money, open money, lost money
-- behind: recovered
with failures as materialized (
    select r.*
    from invoice_recoveries(%(org_id)s::text, %(from)s::date::timestamp at time zone %(zone)s::text,
                            %(to)s::date::timestamp at time zone %(zone)s::text, %(customer)s::text,
                            %(group_by)s::text in ('decline', 'decline_class')) as r
), currencies as (
    select c as currency
    from canvas_currencies(%(org_id)s::text, array['invoice_paid'], %(from)s::date,
                           least(%(to)s::date, %(as_of)s::date + 1)) as c
    union
    select f.currency from failures as f
), counted as (
    select case %(group_by)s::text when 'attempt' then to_char(r.attempt, 'FM999999990')
                when 'decline' then coalesce(r.decline, 'unknown')
                when 'decline_class' then coalesce(r.decline_class, 'unknown')
                else canvas_bucket(%(grain)s::text, (r.failed_at at time zone %(zone)s::text)::date) end as bucket,
           r.currency, 1 as invoices, r.failed, r.approved, r.after_action, r.after_rejection, r.after_expiry,
           r.by_itself, r.open, r.lost
    from failures as r
    union all
    select b, c.currency, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from canvas_buckets(canvas_stripe_known(%(org_id)s::text), %(from)s::date, %(to)s::date, %(as_of)s::date,
                        %(grain)s::text) as b
    cross join currencies as c
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
           canvas_unknown(canvas_stripe_known(%(org_id)s::text), %(to)s::date, 'event of Stripe',
                          'let Stripe send its events here')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         case when %(group_by)s::text = 'attempt' then length(bucket) end,
         case when %(group_by)s::text = 'attempt' then bucket end, failed desc nulls last, bucket
