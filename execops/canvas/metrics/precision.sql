-- name: precision
-- title: Precision
-- definition: Of the proposals decided in the period, the percentage approved, and of those approved the percentage that nobody had edited
-- unit: percent
-- counts: drafts, proposals, approvals, rejections, decisions, suggestions
-- synonyms: drafts approved share | approved drafts percent | approved proposals percent | proposals approved share
-- synonyms: approved drafts fraction | approved proposals fraction | approved drafts proportion | what approved drafts portion
-- synonyms: decisions | approval rate | approved rate | acceptance rate | accept rate | rejection rate
-- synonyms: hit rate | percent approved
-- synonyms: percent rejected | percent drafts rejected
-- synonyms: how good drafts | how good are the drafts | how good are the proposals
-- synonyms: how good plays | quality of drafts | draft quality | drafts quality | proposal quality
-- synonyms: accuracy of the plays | accuracy of the drafts | play accuracy | accuracy | accuracy of proposals
-- synonyms: draft accuracy | rejected drafts | rejected proposals | drafts rejected | proposals rejected
-- synonyms: approved drafts | approved proposals | proposals approved | drafts approved
-- synonyms: how many drafts approve | drafts reject | drafts approve | proposals approve | proposals reject
-- synonyms: drafts accepted | proposals accepted | drafts accept | precision of plays | play precision
-- synonyms: precision of drafts | precision of proposals
-- synonyms: approve | approvals | rejections | how often approve
-- synonyms: how often reject | how often drafts approved | how often drafts rejected | unedited drafts
-- synonyms: unedited approvals | approved unedited | approved without edits | drafts approved unedited
-- synonyms: drafts approved rejected | proposals approved rejected
-- synonyms: approvals rejections | approved and rejected drafts | success rate of drafts | success rate of plays
-- synonyms: how precise drafts | how precise plays | how accurate drafts | how accurate plays
-- synonyms: how accurate proposals
-- synonyms: acceptance | accepted | accepted drafts | how often drafts accepted | drafts turned down
-- synonyms: proposals turned down
-- synonyms: suggestions accepted | drafts sent untouched | approved drafts untouched | drafts unchanged
-- synonyms: drafts approved as they are
-- also: drafts | proposals | plays | draft | proposal
-- samples: precision by play | how many drafts do we approve | approval rate this quarter | precision per month
-- params: from, to, group_by
-- groups: play, type, month, day, week, quarter
-- default_period: last 12 months
-- chart: bar
-- columns: bucket text, approved count, rejected count, precision percent, unedited percent
-- behind: decided
with answered as (
    select case %(group_by)s::text when 'type' then v.action_type when 'play' then v.play
                else canvas_bucket(%(grain)s::text, (v.decided_at at time zone %(zone)s::text)::date) end as bucket,
           count(*) filter (where v.approved) as approved, count(*) filter (where not v.approved) as rejected,
           round(100.0 * count(*) filter (where v.approved) / count(*), 1) as precision,
           round(100.0 * count(*) filter (where v.approved and not v.edited)
                 / nullif(count(*) filter (where v.approved), 0), 1) as unedited, null as unknown
    from verdicts as v
    where v.org_id = %(org_id)s::text
      and v.decided_at >= %(from)s::date::timestamp at time zone %(zone)s::text
      and v.decided_at < %(to)s::date::timestamp at time zone %(zone)s::text
    group by 1
    union all
    select null, null, null, null, null,
           case when not exists (
               select 1 from verdicts as v
               where v.org_id = %(org_id)s::text
                 and v.decided_at >= %(from)s::date::timestamp at time zone %(zone)s::text
                 and v.decided_at < %(to)s::date::timestamp at time zone %(zone)s::text)
           then 'nobody decided a proposal in this period' end
)
select * from answered
order by unknown nulls first, bucket
