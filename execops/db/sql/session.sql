-- name: act_as
select set_config('execops.actor_type', %s, true), set_config('execops.actor_id', %s, true),
       set_config('execops.metadata', %s::jsonb::text, true)

-- name: try_lock
select pg_try_advisory_lock(%s, hashtext(%s)) as locked

-- name: unlock
select pg_advisory_unlock(%s, hashtext(%s))
