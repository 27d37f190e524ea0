-- name: register
-- Register a worker and take its lock, in one transaction.
with registered as (select worker_id from procrastinate_register_worker_v1())
select worker_id, pg_advisory_lock(7307 /* worker */, worker_id::int) from registered

-- name: forget_the_dead
-- Delete the workers that died. The lock of a dead worker is free; taken here, it ends with the transaction. Its
-- jobs then have no worker.
delete from procrastinate_workers
where id <> %(me)s and pg_try_advisory_xact_lock(7307 /* worker */, id::int)
returning id

-- name: renew
-- Renew the lease of this worker; returns the time by the clock of the database.
update procrastinate_workers set last_heartbeat = now() where id = %(me)s returning clock_timestamp()

-- name: end_the_stopped
-- End the sessions of each process whose worker lives but has not renewed its lease, and wait until they have ended: then
-- it holds no lock, and commits nothing more, when it goes on. The names of a process's sessions end in the same word.
select w.id, count(pg_terminate_backend(session.pid, 5000)) as sessions
from procrastinate_workers w
join pg_locks l on l.locktype = 'advisory' and l.classid = 7307 /* worker */ and l.objid::bigint = w.id
    and l.objsubid = 2 and l.granted and l.database = (select oid from pg_database where datname = current_database())
join pg_stat_activity holder on holder.pid = l.pid
join pg_stat_activity session on session.datname = holder.datname and session.usename = holder.usename
    and starts_with(session.application_name, 'execops')
    and substring(session.application_name from '\S+$') = substring(holder.application_name from '\S+$')
where w.id <> %(me)s and w.last_heartbeat < now() - make_interval(secs => %(lease)s)
group by w.id

-- name: return_orphaned_jobs
-- Return the jobs without a worker to the queue, and wake the workers.
with returned as (
    select procrastinate_retry_job_v2(id, now(), null, null, null)
    from procrastinate_jobs where status = 'doing' and worker_id is null
)
select count(*), pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')
from returned having count(*) > 0

-- name: take_job
-- Take the next job, and wait for no disk: after a crash of Postgres that forgets it, the job waits again.
select id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
from (select set_config('synchronous_commit', 'off', true) as value) as waits,
    procrastinate_fetch_job_v2(%(queues)s::varchar[], %(worker_id)s)
where waits.value = 'off'

-- name: finish_job
-- Record how a job ended, and wait for no disk: after a crash that forgets it, the job runs again and finds nothing to do.
select procrastinate_finish_job_v1(%(job_id)s, %(status)s, %(delete_job)s)
from (select set_config('synchronous_commit', 'off', true) as value) as waits
where waits.value = 'off'
