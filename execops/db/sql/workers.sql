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

-- name: return_orphaned_jobs
-- Return the jobs without a worker to the queue, and wake the workers.
with returned as (
    select procrastinate_retry_job_v2(id, now(), null, null, null)
    from procrastinate_jobs where status = 'doing' and worker_id is null
)
select count(*), pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')
from returned having count(*) > 0
