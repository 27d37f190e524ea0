-- name: events
-- title: Events
-- definition: Events that sources sent by webhook, by the day they happened, and how many of them could not be processed; an import of a bank's file is none
-- unit: count
-- counts: webhooks, deliveries, notifications, hooks, calls
-- synonyms: webhooks | webhook | deliveries | webhook deliveries | webhook events | events arrived
-- synonyms: webhooks arrived | deliveries arrived | events came in | webhooks came in | deliveries came in
-- synonyms: notifications received | event received | events received | webhooks received | deliveries received
-- synonyms: incoming events | incoming webhooks | incoming deliveries | inbound events | inbound webhooks
-- synonyms: inbound deliveries | stripe events | stripe webhooks | stripe deliveries | events from stripe
-- synonyms: webhooks stripe sent | events stripe sent | event types | webhook types | types of events
-- synonyms: types of webhooks | top event types | top events | top webhooks | top webhook types
-- synonyms: most common event types | most frequent event types | most common events | most frequent events
-- synonyms: common event types | common webhooks | most common webhooks | failed events | failed webhooks
-- synonyms: events failed | webhook traffic | event traffic | events processed | webhooks processed
-- synonyms: webhooks hit | events hit | webhooks land | events ingested | webhooks ingested | event volume
-- synonyms: events logged | hooks | stripe hooks | webhook calls | webhook hits | events fired | webhooks fired
-- synonyms: events handled | events seen | webhooks handled | event types most | events most | webhooks most
-- synonyms: event count | number of events | events by kind
-- also: kinds | volume | stripe | incoming | arrived | received | came | processed | failed | deliveries
-- also: type | types
-- samples: events by type | how many webhooks arrived yesterday | events per day | top 5 event types this month
-- params: from, to, group_by, limit
-- groups: type, month, day, week, quarter
-- default_period: last 30 days
-- chart: bar
-- columns: bucket text, events count, failed count
-- totals: events, failed
-- behind: events
with counted as (
    select case when %(group_by)s::text = 'type' then r.type else canvas_bucket(%(grain)s::text, r.day) end as bucket,
           r.events, 0 as failed
    from rollup_events as r
    where r.org_id = %(org_id)s::text and r.source <> 'bank' and r.day >= %(from)s::date and r.day < %(to)s::date
    union all
    select case when %(group_by)s::text = 'type' then e.type
                else canvas_bucket(%(grain)s::text, (e.occurred_at at time zone %(zone)s::text)::date) end,
           case when e.status = 'received' then 1 else 0 end, case when e.status = 'failed' then 1 else 0 end
    from events as e
    where e.org_id = %(org_id)s::text and e.status in ('received', 'failed') and e.source not in ('bank', 'execops')
      and e.occurred_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and e.occurred_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select b, 0, 0
    from canvas_buckets(canvas_webhooks_known(%(org_id)s::text), %(from)s::date, %(to)s::date, %(as_of)s::date,
                        %(grain)s::text) as b
    where %(grain)s::text is not null
), summed as (
    select bucket, sum(events) as events, sum(failed) as failed
    from counted
    group by bucket
), ranked as (
    select bucket, events, failed, row_number() over (order by events desc, bucket) as place
    from summed
    where events > 0 or %(grain)s::text is not null
), answered as (
    select bucket, events, failed, null as unknown
    from ranked
    where %(limit)s::bigint is null or place <= %(limit)s::bigint
    union all
    select null, null, null,
           canvas_unknown(canvas_webhooks_known(%(org_id)s::text), %(to)s::date, 'webhook', 'let Stripe send its events here')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, events desc, bucket
