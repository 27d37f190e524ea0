-- name: arr
-- title: ARR
-- definition: Annual recurring revenue: 12 times the MRR at the end of each period, and its change; MRR counts subscriptions that pay, after discounts that last, intervals brought to a month, without what depends on use, without the tax that prices include
-- unit: money
-- synonyms: arr growth | arr change
-- synonyms: arr increase | arr level | arr decrease | arr movement
-- synonyms: recurring revenues | recurring incomes | recurring | recurring revenue growth | recurring revenue base
-- also: end | subscription | subscriptions | recurring | customers | stripe | make | made | earn | bring | brought
-- also: come | came
-- samples: arr | what is our arr | arr by month this year | arr growth since January
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, customer
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, arr money, change money
-- behind: proposals large_cancellation, save_offer | events customer.subscription.created, customer.subscription.updated, customer.subscription.deleted
with changes as (
    select r.start, r.currency, r.delta, '' as party
    from rollup_mrr as r
    where %(customer)s::text is null and %(group_by)s::text <> 'customer' and r.org_id = %(org_id)s::text and r.kind <> 'level' and r.grain = 'month'
      and r.start < date_trunc('month', %(from)s::date::timestamp)
    union all
    select r.start, r.currency, r.delta, '' as party
    from rollup_mrr as r
    where %(customer)s::text is null and %(group_by)s::text <> 'customer' and r.org_id = %(org_id)s::text and r.kind <> 'level' and r.grain = 'day'
      and r.start >= date_trunc('month', %(from)s::date::timestamp)
      and r.start < least(%(to)s::date, %(as_of)s::date + 1)
    union all
    select (c.at at time zone %(zone)s::text)::date, c.currency, c.delta_minor,
           case when %(group_by)s::text = 'customer' then c.customer else '' end
    from mrr_changes as c
    where c.org_id = %(org_id)s::text and (c.customer = %(customer)s::text or %(customer)s::text is null and %(group_by)s::text = 'customer')
      and c.at < least(%(to)s::date, %(as_of)s::date + 1)::timestamp at time zone %(zone)s::text
), known as (
    select min(r.start) as since
    from rollup_mrr as r
    where r.org_id = %(org_id)s::text and r.grain = 'day' and r.kind = 'level'
), buckets as (
    select b as bucket
    from known
    join lateral canvas_buckets(known.since, %(from)s::date, %(to)s::date, %(as_of)s::date,
                                coalesce(%(grain)s::text, 'month')) as b on %(grain)s::text is not null
    union all
    select '' from known
    where %(grain)s::text is null and known.since < %(to)s::date
), counted as (
    select case when %(grain)s::text is null then c.party
                else greatest(canvas_bucket(%(grain)s::text, c.start), '') end as bucket,
           c.currency, c.delta, c.start >= %(from)s::date as within
    from changes as c
    union all
    select b.bucket, c.currency, 0, false
    from buckets as b
    join lateral (select distinct currency from changes) as c on %(group_by)s::text <> 'customer'
), summed as (
    select bucket, currency, sum(delta) as delta, coalesce(sum(delta) filter (where within), 0) as change
    from counted
    group by bucket, currency
), running as (
    select bucket, currency, case when %(group_by)s::text = 'customer' then delta
                else sum(delta) over (partition by currency order by bucket) end as mrr, change
    from summed
), answered as (
    select r.bucket, r.currency, 12 * r.mrr as arr, 12 * r.change as change, null as unknown, null as note
    from running as r
    join buckets as b on b.bucket = r.bucket or %(group_by)s::text = 'customer' and (r.mrr <> 0 or r.change <> 0)
    where %(currency)s::text is null or r.currency = %(currency)s::text
    union all
    select null, null, null, null,
           coalesce(
               canvas_mrr_in_part(%(org_id)s::text,
                                  %(to)s::date::timestamp at time zone %(zone)s::text, %(customer)s::text),
               canvas_unknown((select since from known), %(to)s::date, 'subscription',
                              'let Stripe send customer.subscription events here, or backfill them')),
           null
    where %(group_by)s::text is not null
    union all
    select null, null, null, null, null,
           canvas_mrr_backfilled(%(org_id)s::text, %(to)s::date::timestamp at time zone %(zone)s::text,
                                 %(customer)s::text)
    where %(group_by)s::text is not null
)
select * from answered
order by unknown nulls first, case when %(group_by)s::text <> 'customer' then bucket end, currency, arr desc, bucket
