-- name: zone
select zone from rollup_zone where org_id = %(org_id)s

-- name: rebuild
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
select distinct party as name from rollup_parties
where org_id = %(org_id)s and role = 'vendor' and grain = 'month' and party <> ''
order by party
limit %(limit)s

-- name: customers
select object_id as id, state ->> 'name' as name from snapshots
where org_id = %(org_id)s and object_type = 'customer' and coalesce(state ->> 'name', '') <> ''
order by object_id
limit %(limit)s

-- name: currencies
select distinct currency from rollup_kinds where org_id = %(org_id)s and grain = 'month' order by currency

-- name: lock_rebuild
select pg_advisory_xact_lock(7312, 0)
