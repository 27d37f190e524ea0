-- name: events
-- Count the stored events by source and status.
select source, status, count(*) as value from events where org_id = %(org_id)s group by source, status order by 1, 2

-- name: jobs
-- Count the jobs by task and status; succeeded ones are deleted.
select task_name as task, status::text as status, count(*) as value from procrastinate_jobs group by 1, 2 order by 1, 2

-- name: overdue
-- Measure for how many seconds the oldest job has been due; 0 if none is.
select coalesce(greatest(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at)))::float8, 0), 0) as value
from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id
where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now())

-- name: executions
-- Count the attempts by action type and outcome.
select p.action_type, e.status as outcome, count(*) as value
from executions e join action_proposals p on p.id = e.proposal_id
where e.org_id = %(org_id)s group by 1, 2 order by 1, 2

-- name: proposals
-- Count the proposals by status.
select status, count(*) as value from action_proposals where org_id = %(org_id)s group by status order by status

-- name: decisions
-- Sum up the seconds from each draft to its approval or rejection, and how many took at most as long as each bound.
with took as (
    select extract(epoch from a.ts - p.created_at)::float8 as seconds
    from audit_log a join action_proposals p on p.id = a.proposal_id
    where a.org_id = %(org_id)s and a.from_status = 'pending' and a.to_status in ('approved', 'rejected')
)
select b.bound, count(t.seconds) filter (where t.seconds <= b.bound) as value,
       count(t.seconds) as count, coalesce(sum(t.seconds), 0)::float8 as sum
from unnest(%(bounds)s::float8[]) as b (bound) left join took t on true
group by b.bound order by b.bound
