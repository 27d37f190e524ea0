-- name: events
-- Count the stored events by source and status. Those that are not processed have indexes of their own; the others are the
-- rest of the events that the sums by day count. The operators' own requests stand in no sum.
with others as (
    select source, status, count(*) as value from events
    where org_id = %(org_id)s and source <> 'execops' and status in ('received', 'failed')
    group by source, status
    union all
    select source, status, count(*) from events
    where org_id = %(org_id)s and source <> 'execops' and status = 'ignored'
    group by source, status
)
select source, status, value from others
union all
select source, 'processed', sum(value)::bigint
from (select source, events as value from rollup_events where org_id = %(org_id)s
      union all
      select source, -value from others where status <> 'received') counted
group by source having sum(value) > 0
union all
select source, status, count(*) from events where org_id = %(org_id)s and source = 'execops' group by source, status
order by 1, 2

-- name: jobs
-- Count the jobs by task and status; succeeded ones are deleted.
select task_name as task, status::text as status, count(*) as value from procrastinate_jobs group by 1, 2 order by 1, 2

-- name: overdue
-- Measure for how many seconds the oldest job has been due; 0 if none is.
select coalesce(greatest(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at)))::float8, 0), 0) as value
from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id
where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now())

-- name: executions
-- Read how many attempts of each action type had each outcome.
select action_type, outcome, attempts as value from execution_tallies
where org_id = %(org_id)s and attempts > 0 order by 1, 2

-- name: proposals
-- Read how many proposals have each status.
select status, proposals as value from proposal_tallies where org_id = %(org_id)s and proposals > 0 order by status

-- name: decisions
-- Read the seconds from each draft to its approval or rejection in all, and how many took at most as long as each bound.
select b.bound, coalesce(sum(t.decisions) filter (where t.bound <= b.bound), 0)::bigint as value,
       coalesce(sum(t.decisions), 0)::bigint as count, coalesce(sum(t.seconds), 0)::float8 as sum
from unnest(%(bounds)s::float8[]) as b (bound) left join decision_tallies t on t.org_id = %(org_id)s
group by b.bound order by b.bound
