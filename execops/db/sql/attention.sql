-- name: record_opening
-- Note when an operator first opened this version: the time to decision runs from then.
insert into openings (org_id, proposal_id, version, operator_id)
select org_id, id, version, %(operator_id)s from action_proposals
where org_id = %(org_id)s and id = %(id)s and version = %(version)s
on conflict do nothing
returning opened_at

-- name: record_dwell
-- Add to the time for which an operator had a version in view.
update openings set dwell_ms = dwell_ms + %(dwell)s
where org_id = %(org_id)s and proposal_id = %(id)s and version = %(version)s and operator_id = %(operator_id)s

-- name: by_operator
-- Measure, by operator, play and period, the final decisions about drafts: how many were approved, how many were not opened
-- before, and the median times in view and to decision.
with decided as (
    select v.proposal_id, v.play, v.approved, v.edited, a.ts, a.version, a.actor_id,
           date_trunc(%(period)s::text, a.ts at time zone %(zone)s::text)::date as since
    from verdicts v
    cross join lateral (
        select ts, version, actor_id from audit_log
        where org_id = v.org_id and proposal_id = v.proposal_id and from_status = 'pending'
          and to_status in ('approved', 'rejected') and actor_type = 'user'
        order by seq desc limit 1) a
    where v.org_id = %(org_id)s
)
select coalesce(p.name, d.actor_id) as operator, d.play, d.since, count(*) as decisions,
       count(*) filter (where d.approved) as approved, count(*) filter (where d.approved and d.edited) as edited,
       count(*) filter (where o.opened_at is null) as unopened,
       percentile_cont(0.5) within group (order by o.dwell_ms / 1000.0) filter (where o.dwell_ms > 0) as dwell_seconds,
       percentile_cont(0.5) within group (order by extract(epoch from d.ts - o.opened_at)::float8)
           filter (where o.opened_at is not null) as decision_seconds
from decided d
left join openings o on o.org_id = %(org_id)s and o.proposal_id = d.proposal_id and o.version = d.version
                    and o.operator_id::text = d.actor_id and o.opened_at < d.ts
left join operators p on p.org_id = %(org_id)s and p.id::text = d.actor_id
group by 1, 2, 3
order by since desc, operator, play
