-- name: proposals
-- title: Proposals
-- definition: Proposals drafted in the period, by where they stand now, and how many still wait
-- unit: count
-- counts: drafts, suggestions, actions, cards, decisions, approvals
-- synonyms: drafts | suggestions | inbox | what was proposed | proposals drafted | drafts written | drafts made
-- synonyms: proposals made | proposals created | drafts created | proposals generated | drafts generated
-- synonyms: proposals got | decisions waiting | waiting for a decision | waiting | proposals waiting
-- synonyms: drafts waiting | drafts waiting for decision | proposals waiting for decision
-- synonyms: proposals waiting for approval | drafts waiting for approval | waiting for approval | waiting on
-- synonyms: drafts waiting on | proposals waiting on | pending | pending proposals | proposals pending
-- synonyms: drafts pending | pending drafts | pending decisions | decisions pending | pending approvals
-- synonyms: approvals pending | pending in the inbox | waiting in the inbox | proposals in inbox
-- synonyms: drafts in inbox | in the inbox | open proposals | open drafts | proposals open | drafts open
-- synonyms: undecided proposals | undecided drafts | pending proposals | pending drafts
-- synonyms: proposals by status | action proposals | proposals sit in inbox | drafts sit in inbox | sit in inbox
-- synonyms: proposed | proposed actions | actions proposed | drafts came | proposals came | suggestions made
-- synonyms: suggested actions | awaiting decision | drafts awaiting decision | proposals awaiting decision
-- synonyms: awaiting approval | proposals awaiting approval | drafts awaiting approval | queue | proposals queue
-- synonyms: drafts queue | drafts came in | proposals came in | proposals produced | drafts produced | backlog
-- synonyms: decision backlog | cards in inbox
-- synonyms: suggestions drafted | number of proposals | number of drafts
-- also: things | volume | still | cards | drafted | written | created | waiting | pending | proposed | made
-- also: generated | decision | inbox | queue | plays | open
-- samples: proposals by status | how many proposals are pending | proposals by play this month | proposals per week
-- params: from, to, group_by
-- groups: status, play, type, month, day, week, quarter
-- default_period: last 12 months
-- chart: bar
-- columns: bucket text, proposals count, pending count
-- totals: proposals, pending
-- behind: proposals
with counted as (
    select case %(group_by)s::text when 'status' then p.effective_status when 'play' then p.play
                when 'type' then p.action_type
                else canvas_bucket(%(grain)s::text, (p.created_at at time zone %(zone)s::text)::date) end as bucket,
           1 as proposals, case when p.effective_status = 'pending' then 1 else 0 end as pending
    from proposals_effective as p
    where p.org_id = %(org_id)s::text
      and p.created_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and p.created_at < %(to)s::date::timestamp at time zone %(zone)s::text
    union all
    select b, 0, 0
    from canvas_buckets(canvas_events_known(%(org_id)s::text), %(from)s::date, %(to)s::date, %(as_of)s::date,
                        %(grain)s::text) as b
    where %(grain)s::text is not null
), answered as (
    select bucket, sum(proposals) as proposals, sum(pending) as pending, null as unknown
    from counted
    group by bucket
    union all
    select null, null, null,
           canvas_unknown(canvas_events_known(%(org_id)s::text), %(to)s::date, 'event',
                          'let Stripe send its events here')
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, proposals desc, bucket
