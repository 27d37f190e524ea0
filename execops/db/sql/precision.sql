-- name: read
-- Count the decisions about each play's drafts, by action type and (action_type null) in all: all decisions, and the
-- last ones.
with over_all as (
    select play, action_type, sum(verdicts)::bigint as decisions,
           coalesce(sum(verdicts) filter (where approved), 0)::bigint as approved,
           coalesce(sum(verdicts) filter (where approved and not edited), 0)::bigint as unedited
    from verdict_tallies where org_id = %(org_id)s
    group by grouping sets ((play, action_type), (play))
    having sum(verdicts) > 0
)
select over_all.*, latest.*
from over_all
cross join lateral (
    select count(*) as last_decisions, count(*) filter (where approved) as last_approved,
           count(*) filter (where approved and not edited) as last_unedited
    from (select v.approved, v.edited from verdicts v
          where v.org_id = %(org_id)s and v.play = over_all.play
            and (over_all.action_type is null or v.action_type = over_all.action_type)
          order by v.decided_at desc, v.proposal_id desc
          limit %(last)s) newest
) latest
order by play, action_type nulls first

-- name: flagged
-- Find the plays whose last decisions approved too little. It counts only those, so that the inbox opens fast.
select name
from unnest(%(plays)s::text[]) name
cross join lateral (
    select count(*) as decisions, count(*) filter (where approved) as approved
    from (select v.approved from verdicts v where v.org_id = %(org_id)s and v.play = name
          order by v.decided_at desc, v.proposal_id desc
          limit %(last)s) newest
) latest
where decisions >= %(last)s and approved < %(under)s::numeric * decisions

-- name: last_of_actions
-- Count the last decisions about each action type.
select action_type, latest.*
from (select action_type from verdict_tallies where org_id = %(org_id)s
      group by action_type having sum(verdicts) > 0) known
cross join lateral (
    select count(*) as decisions, count(*) filter (where approved) as approved,
           count(*) filter (where approved and not edited) as unedited
    from (select v.approved, v.edited from verdicts v
          where v.org_id = %(org_id)s and v.action_type = known.action_type
          order by v.decided_at desc, v.proposal_id desc
          limit %(last)s) newest
) latest

-- name: lock_switch
-- Let one transaction at a time judge whether a play or an action type is suspended.
select pg_advisory_xact_lock(7314 /* precision */, hashtext(%(org_id)s || ' ' || %(kind)s || ' ' || %(name)s))

-- name: play_since_switched
-- Count the last decisions about a play since somebody enabled it last.
select count(*) as decisions, count(*) filter (where approved) as approved,
       count(*) filter (where approved and not edited) as unedited
from (select v.approved, v.edited from verdicts v
      where v.org_id = %(org_id)s and v.play = %(name)s
        and v.decided_at > coalesce((select p.since from policies p where p.org_id = %(org_id)s
                                     and p.kind = 'play' and p.name = %(name)s), '-infinity')
      order by v.decided_at desc, v.proposal_id desc
      limit %(last)s) newest

-- name: action_since_switched
-- Count the last decisions about an action type since somebody enabled it last. A play's count since it was enabled, and
-- only where it still drafts.
select count(*) as decisions, count(*) filter (where approved) as approved,
       count(*) filter (where approved and not edited) as unedited
from (select v.approved, v.edited from verdicts v
      where v.org_id = %(org_id)s and v.action_type = %(name)s
        and v.decided_at > coalesce((select p.since from policies p where p.org_id = %(org_id)s
                                     and p.kind = 'action' and p.name = %(name)s), '-infinity')
        and not exists (select from policies p where p.org_id = %(org_id)s and p.kind = 'play' and p.name = v.play
                        and (not p.allowed or p.since >= v.decided_at))
      order by v.decided_at desc, v.proposal_id desc
      limit %(last)s) newest
