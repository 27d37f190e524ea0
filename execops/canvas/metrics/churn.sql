-- name: churn
-- title: Churn
-- definition: MRR lost to customers who left (churned) or whose MRR shrank (contracted), customers left without any, and the churned part of the MRR before the period in percent
-- unit: money
-- counts: logos, subscribers, clients
-- synonyms: churned revenue | revenue churn | revenue lost to churn | lost mrr | churned mrr
-- synonyms: lost recurring revenue | lost customers | churned customers | customers churned | lost subscribers
-- synonyms: churned subscribers | logos lost | churned logos | logo churn | customer churn | mrr churn
-- synonyms: cancellations | cancelled subscriptions | cancelled customers | customers cancelled
-- synonyms: subscriptions cancelled | subscriptions ended | subscriptions we lost | lost subscriptions
-- synonyms: churn rate | churn percent | churn percent rate | who left | who churned | who cancelled
-- synonyms: customers left | customers who left | subscribers left | subscribers cancelled | attrition
-- synonyms: customer attrition | customers leaving | customers | customers quit | mrr lost cancellations
-- synonyms: lost to churn | lose to churn | we lose | how many we lose | mrr we lost | mrr lost to churn
-- synonyms: mrr lost churned customers | customers walked away | mrr contraction | gross churn | gross mrr churn | gross revenue churn | contracted mrr | churn and contraction
-- synonyms: downgraded subscriptions | mrr downgrades | churn contraction | subscribers lost | subscribers quit
-- synonyms: customers dropped off | unsubscribed | lost logos | customers lost | subscriptions lost
-- synonyms: customer losses | who we lost | cancelled mrr | mrr cancelled | departures | customers departed
-- synonyms: customer drop off | customers left us | customers leave us | we lost customers
-- synonyms: recurring revenue walked out | revenue walked out door | mrr walked away | walked out the door | mrr walked out
-- synonyms: subscription revenue lost | revenue we lost | bailed | jumped ship | ditched us | said goodbye
-- synonyms: stopped subscribing | mrr shrank | shrinkage | lost accounts | gave notice
-- also: customers | subscribers | subscriptions | mrr | lost | lose | we | cancelled | ended | money
-- samples: churn | churn by month | how many customers did we lose last quarter | lost mrr this year | churn rate since January
-- params: from, to, group_by, currency, customer
-- groups: month, day, week, quarter, currency, customer
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, churned money, contracted money, customers count, rate percent
-- totals: churned, contracted
-- behind: proposals large_cancellation, save_offer | events customer.subscription.deleted, customer.subscription.updated
with changes as (
    select r.start, r.currency, r.kind, r.delta, '' as party
    from rollup_mrr as r
    where %(customer)s::text is null and %(group_by)s::text <> 'customer'
      and r.org_id = %(org_id)s::text and r.kind <> 'level' and r.grain = 'month'
      and r.start < date_trunc('month', %(from)s::date::timestamp)
    union all
    select r.start, r.currency, r.kind, r.delta, '' as party
    from rollup_mrr as r
    where %(customer)s::text is null and %(group_by)s::text <> 'customer'
      and r.org_id = %(org_id)s::text and r.kind <> 'level' and r.grain = 'day'
      and r.start >= date_trunc('month', %(from)s::date::timestamp)
      and r.start < least(%(to)s::date, %(as_of)s::date + 1)
    union all
    select (c.at at time zone %(zone)s::text)::date, c.currency, c.kind, c.delta_minor,
           case when %(group_by)s::text = 'customer' then c.customer else '' end
    from mrr_changes as c
    where (c.customer = %(customer)s::text or %(customer)s::text is null and %(group_by)s::text = 'customer')
      and c.org_id = %(org_id)s::text
      and c.at < least(%(to)s::date, %(as_of)s::date + 1)::timestamp at time zone %(zone)s::text
), known as (
    select min(r.start) as since
    from rollup_mrr as r
    where r.org_id = %(org_id)s::text and r.grain = 'day' and r.kind = 'level'
), buckets as (
    select b as bucket
    from known
    join lateral canvas_buckets(known.since, %(from)s::date, %(to)s::date, %(as_of)s::date, %(grain)s::text) as b
        on true
), churned as (
    select distinct c.customer, c.currency,
           case when %(group_by)s::text = 'customer' then c.customer
                else canvas_bucket(%(grain)s::text, (c.at at time zone %(zone)s::text)::date) end as bucket
    from mrr_changes as c
    where c.org_id = %(org_id)s::text and c.kind = 'churn' and (%(customer)s::text is null or c.customer = %(customer)s::text)
      and c.at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and c.at < least(%(to)s::date, %(as_of)s::date + 1)::timestamp at time zone %(zone)s::text
), gone as (
    select c.bucket, c.currency, count(*) as customers
    from churned as c
    join lateral (
        select coalesce(sum(m.delta_minor), 0) as left_over
        from mrr_changes as m
        where m.org_id = %(org_id)s::text and m.customer = c.customer
          and m.at < least(%(to)s::date, %(as_of)s::date + 1)::timestamp at time zone %(zone)s::text
          and (%(grain)s::text is null
               or canvas_bucket(%(grain)s::text, (m.at at time zone %(zone)s::text)::date) <= c.bucket)
    ) as now_at on now_at.left_over = 0
    group by c.bucket, c.currency
), counted as (
    select case when %(group_by)s::text = 'customer' then c.party else canvas_bucket(%(grain)s::text, c.start) end as bucket,
           c.currency, c.delta,
           case when c.kind = 'churn' and c.start >= %(from)s::date then -c.delta else 0 end as churned,
           case when c.kind = 'contraction' and c.start >= %(from)s::date then -c.delta else 0 end as contracted,
           case when c.start < %(from)s::date then c.delta else 0 end as opening
    from changes as c
    union all
    select b.bucket, c.currency, 0, 0, 0, 0
    from buckets as b
    join lateral (select distinct currency from changes) as c on %(group_by)s::text <> 'customer'
), summed as (
    select bucket, currency, sum(delta) as delta, sum(churned) as churned, sum(contracted) as contracted,
           sum(opening) as opening
    from counted
    group by bucket, currency
), running as (
    select bucket, currency, churned, contracted,
           case when %(grain)s::text is null then opening
                else sum(delta) over (partition by currency order by bucket) - delta + opening end as before
    from summed
), answered as (
    select r.bucket, r.currency, r.churned, r.contracted, coalesce(g.customers, 0) as customers,
           case when r.before > 0 then round(r.churned * 100 / r.before, 1) end as rate, null as unknown, null as note
    from running as r
    join buckets as b on b.bucket = r.bucket or %(group_by)s::text = 'customer' and (r.churned <> 0 or r.contracted <> 0)
    left join gone as g on g.bucket = r.bucket and g.currency = r.currency
    where %(currency)s::text is null or r.currency = %(currency)s::text
    union all
    select null, null, null, null, null, null,
           coalesce(
               canvas_mrr_in_part(%(org_id)s::text,
                                  %(to)s::date::timestamp at time zone %(zone)s::text, %(customer)s::text),
               canvas_unknown((select since from known), %(to)s::date, 'subscription',
                              'let Stripe send customer.subscription events here, or backfill them')),
           null
    where %(group_by)s::text is not null
    union all
    select null, null, null, null, null, null, null,
           canvas_mrr_backfilled(%(org_id)s::text, %(to)s::date::timestamp at time zone %(zone)s::text,
                                 %(customer)s::text)
    where %(group_by)s::text is not null
)
select * from answered
order by unknown nulls first, case when %(group_by)s::text <> 'customer' then bucket end, currency, churned desc, bucket
