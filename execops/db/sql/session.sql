-- name: begin_as
-- Begin a transaction, and do as act_as does: two statements in one round trip.
begin;
select set_config('execops.actor_type', 'system', true), set_config('execops.actor_id', %(part)s, true),
       set_config('execops.metadata', %(metadata)s::jsonb::text, true)

-- name: act_as
-- Name the part of the system that acts in this transaction, and the metadata of its audit rows.
select set_config('execops.actor_type', 'system', true), set_config('execops.actor_id', %(part)s, true),
       set_config('execops.metadata', %(metadata)s::jsonb::text, true)

-- name: prove
-- Prove by the digest of their token which operator acts in this transaction, and set the metadata of its audit rows.
select execops_prove(%(digest)s), set_config('execops.actor_type', 'user', true),
       set_config('execops.metadata', %(metadata)s::jsonb::text, true)

-- name: try_lock
-- Try to take a session lock; `locked` says whether it worked.
select pg_try_advisory_lock(%(space)s, hashtext(%(name)s)) as locked

-- name: unlock
-- Release a session lock.
select pg_advisory_unlock(%(space)s, hashtext(%(name)s))

-- name: alive
-- Ask whether the session lives.
select 1

-- name: be_patient
-- Wait longer for locks in this transaction: it records the result of a call to the outside, which cannot be repeated.
select set_config('lock_timeout', '60s', true)

-- name: now
-- Read the clock of the database.
select clock_timestamp() as now

-- name: name_session
-- Give this session a name that only it knows.
select set_config('execops.session', %(word)s, false)

-- name: place
-- Tell one server's database from any other's, also from that of its replica.
select pg_postmaster_start_time() as started, current_database() as name

-- name: has_limit
-- Whether this session has a limit; a time zone is one too.
select case %(name)s when 'timezone' then current_setting('timezone') = 'UTC'
    else current_setting(%(name)s) <> '0' end as has

-- name: session_name
-- Read the name that this session was given.
select current_setting('execops.session', true)
