-- name: zone
-- The time zone whose days the sums are kept by.
select zone from rollup_zone where org_id = %(org_id)s

-- name: rebuild
-- Build the sums anew, by the days of another time zone.
select rollup_rebuild(%(org_id)s, %(zone)s)

-- name: watermark
-- The zone too: in the answer's own snapshot, so that no sums of another zone's days are taken for ours.
select (select z.zone from rollup_zone z where z.org_id = %(org_id)s) as zone,
       e.id as event_id, e.occurred_at as event_at, t.id as transaction_id, t.occurred_at as transaction_at
from (select 1) one
left join lateral (select id, occurred_at from events where org_id = %(org_id)s order by id desc limit 1) e on true
left join lateral (select id, occurred_at from transactions where org_id = %(org_id)s
                   order by id desc limit 1) t on true

-- name: vendors
-- The vendors that a question may name.
select distinct party as name from rollup_parties
where org_id = %(org_id)s and role = 'vendor' and grain = 'month' and party <> ''
order by party
limit %(limit)s

-- name: customers
-- The customers that a question may name, with their ids.
select object_id as id, state ->> 'name' as name from snapshots
where org_id = %(org_id)s and object_type = 'customer' and coalesce(state ->> 'name', '') <> ''
order by object_id
limit %(limit)s

-- name: currencies
-- The currencies that a question may name.
select distinct currency from rollup_kinds where org_id = %(org_id)s and grain = 'month' order by currency

-- name: lock_rebuild
-- One process rebuilds the sums at a time.
select pg_advisory_xact_lock(7312, 0)

-- name: events_behind
-- The events that a row counts. Of movements: the events that told of them; imported or backfilled ones have none.
select e.id, e.source, e.type, e.occurred_at, e.dedupe_key, e.livemode
from events e
where e.org_id = %(org_id)s
  and (%(types)s::text[] is null or e.type = any(%(types)s::text[]))
  and (%(object_id)s::text is null or e.object_id = %(object_id)s::text)
  and (%(reason)s::text is null
       or e.object_id in (select s.object_id from snapshots s
                          where s.org_id = %(org_id)s and s.object_type = 'dispute'
                            and coalesce(s.state ->> 'reason', '') = %(reason)s::text))
  and case when %(kinds)s::text[] is null
      then (%(customer)s::text is null or e.subject_key = %(customer)s::text)
           and (%(since)s::date is null
                or e.occurred_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                   and e.occurred_at < %(until)s::date::timestamp at time zone %(zone)s::text)
      else e.id in (select t.event_id from transactions t
                    where t.org_id = %(org_id)s and t.kind = any(%(kinds)s::text[]) and t.event_id is not null
                      and t.occurred_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                      and t.occurred_at < %(until)s::date::timestamp at time zone %(zone)s::text
                      and (%(currency)s::text is null or t.currency = %(currency)s::text)
                      and (%(customer)s::text is null or coalesce(t.customer, '') = %(customer)s::text)
                      and (%(vendor)s::text is null or coalesce(t.counterparty, '') = %(vendor)s::text))
      end
order by e.occurred_at desc, e.id desc
limit %(limit)s

-- name: proposals_behind
-- The proposals that a row counts, or that its events fed. A vendor's month is the object spend:MONTH:CURRENCY:VENDOR.
select p.id, p.version, p.effective_status, p.urgency, p.vertical, p.play, p.action_type, p.title, p.object_id,
       p.subject_key, p.amount_minor, p.currency, p.edited, p.created_at, p.decided_at, p.expires_at, p.outcome
from proposals_effective p
where p.org_id = %(org_id)s
  and (%(play)s::text is null or p.play = %(play)s::text)
  and (%(status)s::text is null or p.effective_status = %(status)s::text)
  and (%(action_type)s::text is null or p.action_type = %(action_type)s::text)
  and (%(customer)s::text is null or p.subject_key = %(customer)s::text)
  and (%(object_id)s::text is null or p.object_id = %(object_id)s::text)
  and (%(vendor)s::text is null
       or substring(p.object_id from '^spend:[^:]*:[^:]*:(.*)$') = %(vendor)s::text)
  and (%(reason)s::text is null
       or p.object_id in (select s.object_id from snapshots s
                          where s.org_id = %(org_id)s and s.object_type = 'dispute'
                            and coalesce(s.state ->> 'reason', '') = %(reason)s::text))
  and (p.id in (select pe.proposal_id from proposal_events pe
                where pe.org_id = %(org_id)s and pe.event_id = any(%(event_ids)s::bigint[]))
       or %(drafted)s::boolean and (%(plays)s::text[] is null or p.play = any(%(plays)s::text[]))
          and (%(currency)s::text is null or p.currency is null or p.currency = %(currency)s::text)
          and (%(since)s::date is null
               or p.created_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                  and p.created_at < %(until)s::date::timestamp at time zone %(zone)s::text)
       or %(decided)s::boolean
          and exists (select 1 from verdicts v
                      where v.proposal_id = p.id
                        and v.decided_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                        and v.decided_at < %(until)s::date::timestamp at time zone %(zone)s::text)
       or %(credited)s::boolean
          and exists (select 1 from recoveries r
                      where r.proposal_id = p.id
                        and (%(currency)s::text is null or r.currency = %(currency)s::text)
                        and r.paid_at >= %(since)s::date::timestamp at time zone %(zone)s::text
                        and r.paid_at < %(until)s::date::timestamp at time zone %(zone)s::text))
order by p.id desc
limit %(limit)s
