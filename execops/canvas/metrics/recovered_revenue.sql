-- name: recovered_revenue
-- title: Recovered revenue
-- definition: Invoices paid within 30 days after an executed action about them, each credited once, by the day they were paid, with what was open when the action was executed: paid after an action, which need not mean because of it
-- unit: money
-- flow: in
-- counts: payments
-- family: recovered
-- synonyms: recovered | recover | recovered money | recovered payments
-- synonyms: recovered invoices | payments recovered | invoices recovered | revenue recovery | payment recovery
-- synonyms: money recovered | saved revenue | revenue saved | rescued revenue | rescued | rescued payments
-- synonyms: paid after an action | paid after | paid after mails | paid after emails | paid after email
-- synonyms: paid after mail | paid after action | paid after actions | paid after reminders
-- synonyms: paid after reminder | invoices paid after an action | invoices paid after | invoices paid after mail
-- synonyms: invoices paid after reminder | invoices paid after email | won back | win back | won back revenue
-- synonyms: revenue won back | money won back | dunning results | dunning
-- synonyms: dunning revenue | recovered from failed payments | revenue recovered from failed payments
-- synonyms: money recovered failed payments | recover failed payments | recovered failed payments
-- synonyms: failed payments recovered | recovered with actions | execops recovered | execops saved
-- synonyms: execops save | execops recover | brought back | revenue brought back | salvaged revenue | salvaged
-- synonyms: clawed back | clawed back revenue | collect after action
-- synonyms: recovered by plays | recovered thanks to mails | revenue recovered mails | recovered emails
-- synonyms: recovered after action | revenue recovered action | recovered after email | recouped | recoup
-- synonyms: regained | reclaimed | paid after nudges | paid after follow up | paid after follow ups
-- synonyms: paid after chasing | reminders brought back | mails brought back
-- synonyms: dunning brought back | plays brought back | bring back | failed payments back
-- synonyms: get back failed payments
-- synonyms: paid after we acted | pay up after we acted | money actions brought back | actions brought back
-- synonyms: actions bring back | revenue our actions brought | money saved by actions | recovered by actions
-- synonyms: recovered by reminders | money rescued | cash recovered | recovered cash | recovered by drafts
-- synonyms: invoices saved | saved payments
-- synonyms: dunning income | dunning brought in
-- synonyms: saved by emails | saved by mails | saved by reminders | mails save | emails save | reminders save
-- also: by | reminders | bring | brought | volume | failed | payments | payment | invoices | invoice | plays
-- also: mails | emails | actions | action | money | revenue | customers | after | back | dunning | made
-- samples: recovered revenue | how much did we recover this quarter | recovered revenue by play | what was paid after our mails
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, play
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, recovered money, invoices count
-- totals: recovered, invoices
-- behind: credited
with counted as (
    select case when %(group_by)s::text = 'play' then p.play
                else canvas_bucket(%(grain)s::text, (r.paid_at at time zone %(zone)s::text)::date) end as bucket,
           r.currency, coalesce(r.corrected_minor, r.amount_minor) as recovered, 1 as invoices
    from recoveries as r
    join proposals_effective as p on p.id = r.proposal_id
    where r.org_id = %(org_id)s::text
      and r.paid_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and r.paid_at < %(to)s::date::timestamp at time zone %(zone)s::text
      and (%(customer)s::text is null or p.subject_key = %(customer)s::text)
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['invoice_paid'], array['invoice_paid'], %(from)s::date, %(to)s::date,
                     %(as_of)s::date, %(grain)s::text) as g
    where %(group_by)s::text <> 'play'
), answered as (
    select bucket, currency, sum(recovered) as recovered, sum(invoices) as invoices, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null,
           canvas_unknown(canvas_known(%(org_id)s::text, array['invoice_paid']), %(to)s::date, 'paid invoice',
                          'let Stripe send invoice.paid here')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         recovered desc nulls last, bucket
