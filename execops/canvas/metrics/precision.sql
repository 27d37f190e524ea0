-- name: precision
-- title: Precision
-- definition: Of the proposals decided in the period, the percentage approved, and of those approved the percentage that nobody had edited
-- unit: percent
-- synonyms: approval rate | acceptance rate | how good are the drafts | accuracy of the plays | rejected drafts | hit rate
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
