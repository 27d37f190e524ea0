-- name: approval_time
-- title: Time to decision
-- definition: From the deciding operator's last opening of a proposal's version to its approval or rejection: the median, and what one in ten exceeds
-- unit: seconds
-- counts: decisions, approvals
-- synonyms: decisions | decision time | time to approve | approve time | how fast decide | how quick decide
-- synonyms: how quickly decide | time to decision | time to decide | how long decide | how long approvals
-- synonyms: how long approvals take | time decide | median time to decision | median decision time
-- synonyms: median approval time | median time to approve | time approve proposal | decision speed
-- synonyms: approval speed | speed of decisions | how fast approve | how quickly approve | decision latency
-- synonyms: approval latency | speed decide | how long proposals take to decide | how long it takes to decide
-- synonyms: how long a decision takes | how long take approve proposals | turnaround of decisions
-- synonyms: turnaround approvals | response time inbox | time inbox | how long take to approve
-- synonyms: how long take to decide | how long to approve a draft | how long take decide on proposal
-- synonyms: how long decide on drafts | how long drafts take to approve | time take to decide
-- synonyms: time take to approve | how long decisions take | how quick decisions | decide drafts quickly
-- synonyms: time deciding | deciding time | turnaround | turnaround time | decision turnaround | reaction time
-- synonyms: response time | how fast decisions made | how fast approvals | how quick approvals
-- synonyms: how quickly approvals | how fast drafts decided | how fast decisions | speed of approvals
-- synonyms: open to decision | opening to decision | opened to decided
-- synonyms: time to a decision
-- synonyms: signing off | signing off drafts
-- synonyms: how fast do we react | time we take to decide | how long drafts wait
-- also: p50 | p90 | usually | need | median | fast | quickly | speed | slow | made | undecided | minutes | seconds | drafts
-- also: proposals | draft | proposal | take | takes | took | approve | approving | decide | deciding
-- also: decisions | approvals | long | reject | play | plays | card | cards | inbox | once | opening
-- also: opened | seeing | spend
-- samples: approval time | how fast do we decide | median time to decision by play | approval time per week
-- params: from, to, group_by
-- groups: month, day, week, quarter, play, type
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, median seconds, slowest_tenth seconds, decisions count
-- behind: decided
with decided as (
    select p.play, p.action_type, (a.ts at time zone %(zone)s::text)::date as day,
           extract(epoch from a.ts - o.opened_at) as seconds
    from audit_log as a
    join openings as o on o.proposal_id = a.proposal_id and o.version = a.version
                      and a.actor_type = 'user' and a.actor_id = o.operator_id::text and o.opened_at < a.ts
    join proposals_effective as p on p.id = a.proposal_id
    where a.org_id = %(org_id)s::text and a.from_status = 'pending' and a.to_status in ('approved', 'rejected')
      and p.vertical <> 'setup'
      and a.ts >= %(from)s::date::timestamp at time zone %(zone)s::text
      and a.ts < %(to)s::date::timestamp at time zone %(zone)s::text
), answered as (
    select case %(group_by)s::text when 'play' then play when 'type' then action_type
                else canvas_bucket(%(grain)s::text, day) end as bucket,
           percentile_cont(0.5) within group (order by seconds) as median,
           percentile_cont(0.9) within group (order by seconds) as slowest_tenth,
           count(*) as decisions, null as unknown
    from decided
    group by 1
    union all
    select null, null, null, null,
           case when not exists (select 1 from decided)
           then 'nobody opened and decided a proposal in this period' end
)
select * from answered
order by unknown nulls first, bucket
