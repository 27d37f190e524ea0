-- name: overview
-- Count live workers, waiting jobs and failures. A worker is alive while its session holds its lock (7307).
select (select count(*) from pg_locks l
        join procrastinate_workers w on w.id = l.objid::bigint
        where l.locktype = 'advisory' and l.classid = 7307 /* worker */ and l.objsubid = 2 and l.granted
          and l.database = (select oid from pg_database where datname = current_database())) as workers,
       (select count(*) from procrastinate_jobs where status = 'todo') as queued,
       (select min(coalesce(j.scheduled_at, e.at)) from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id
        where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now())) as oldest_queued_at,
       (select count(*) from events where org_id = %(org_id)s and status = 'failed') as failed_events,
       (select count(*) from procrastinate_jobs where status = 'failed') as failed_jobs,
       (select count(*) from action_proposals where org_id = %(org_id)s and status = 'failed') as failed_actions,
       (select count(*) from action_proposals where org_id = %(org_id)s and status = 'unknown') as unknown_actions

-- name: pulse
-- Count live workers, read the pause, and whether any event came from outside, for a console: light enough to be asked
-- every second.
select (select count(*) from pg_locks l
        join procrastinate_workers w on w.id = l.objid::bigint
        where l.locktype = 'advisory' and l.classid = 7307 /* worker */ and l.objsubid = 2 and l.granted
          and l.database = (select oid from pg_database where datname = current_database())) as workers,
       exists (select 1 from policies where org_id = %(org_id)s and kind = 'system' and name = 'executions'
               and not allowed) as paused,
       exists (select from events where org_id = %(org_id)s and source <> 'execops') as arrived
