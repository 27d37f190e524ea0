-- name: proposals
-- List the proposals that differ from their last entry of the audit log, or from the version that was kept: all of them, or
-- those that entries after a number tell of.
with touched as (
    select distinct proposal_id from audit_log
    where org_id = %(org_id)s and seq > %(after)s and proposal_id is not null
), trails as (
    select a.proposal_id,
           max(a.seq) filter (where starts_with(a.action, 'proposal.')) as last,
           max(a.seq) filter (where a.action in ('proposal.approved', 'proposal.rejected')
                              or (a.action = 'proposal.executed' and a.actor_type = 'user')) as decided,
           count(*) filter (where a.action = 'proposal.approved') as approvals,
           bool_or(a.action = 'proposal.erased') as erased
    from audit_log a join touched t on t.proposal_id = a.proposal_id
    where a.org_id = %(org_id)s
    group by a.proposal_id
), proposals as (
    select * from action_proposals
    where org_id = %(org_id)s and (%(after)s = 0 or id in (select proposal_id from touched))
), compared as (
    select coalesce(p.id, t.proposal_id) as id,
           case
               when p.id is null then 'it is missing, and the audit log tells of it'
               when t.last is null then 'the audit log has no entry of it'
               when p.status <> e.to_status
                   then 'its status is ' || p.status || ', and its last entry says ' || e.to_status
               when p.version <> e.version
                   then 'its version is ' || p.version || ', and its last entry says ' || e.version
               when p.payload_sha256 <> e.payload_sha256
                   then 'its hash is not the one of its last entry'
               when p.erased_at is not null and not t.erased
                   then 'its words were erased, and the audit log tells of no erasure'
               when p.erased_at is null and t.erased
                    or p.erased_at is not null
                       and ((p.title, p.payload, p.verdict, p.reasoning, p.evidence, p.translation)
                                is distinct from ('Erased', '{}'::jsonb, '', '', '[]'::jsonb, '{}'::jsonb)
                            or p.newer_draft is not null or p.outcome is not null)
                   then 'its words were erased, and words stand there'
               when p.erased_at is null
                    and encode(sha256(convert_to(p.payload::text, 'UTF8')), 'hex') <> p.payload_sha256
                   then 'its payload is not the one whose hash was recorded'
                        || case when p.approval_no > 0 then ', and approved' else '' end
               when p.approval_no > t.approvals or (p.approval_no = 0 and t.approvals > 0)
                   then 'its approval number is ' || p.approval_no || ', and the audit log tells of '
                        || t.approvals || ' approvals'
               when p.decided_by is not null and (d.actor_id is distinct from p.decided_by::text or d.actor_type <> 'user')
                   then 'operator ' || p.decided_by || ' is not who decided it by the audit log'
               when v.proposal_id is null then 'the texts of version ' || p.version || ' are missing'
               when v.payload_sha256 <> p.payload_sha256
                    or p.erased_at is null
                       and (v.payload::text not in (p.payload::text, '{}')
                            or v.title not in (p.title, '') or v.reasoning not in (p.reasoning, '')
                            or v.verdict not in (p.verdict, ''))
                    or p.erased_at is not null
                       and (v.payload, v.title, v.reasoning, v.verdict) <> ('{}'::jsonb, '', '', '')
                   then 'its words are not those of the version ' || p.version || ' that was kept'
           end as problem
    from trails t
    full join proposals p on p.id = t.proposal_id
    left join audit_log e on e.org_id = %(org_id)s and e.seq = t.last
    left join audit_log d on d.org_id = %(org_id)s and d.seq = t.decided
    left join proposal_versions v on v.proposal_id = p.id and v.version = p.version
)
select id, problem from compared where problem is not null order by id limit %(most)s

-- name: executions
-- List the executions that differ from their last entry of the audit log, or that no person approved: all of them, or those
-- of the proposals that entries after a number tell of.
with touched as (
    select distinct proposal_id from audit_log
    where org_id = %(org_id)s and seq > %(after)s and proposal_id is not null
), trails as (
    select (a.metadata_json ->> 'execution')::bigint as execution,
           min(a.seq) filter (where a.action = 'execution.started') as first, max(a.seq) as last
    from audit_log a join touched t on t.proposal_id = a.proposal_id
    where a.org_id = %(org_id)s and starts_with(a.action, 'execution.')
    group by 1
), performed as (
    select * from executions
    where org_id = %(org_id)s and (%(after)s = 0 or proposal_id in (select proposal_id from touched))
), compared as (
    select coalesce(x.id, t.execution) as id, coalesce(x.proposal_id, l.proposal_id) as proposal_id,
           case
               when x.id is null then 'it is missing, and the audit log tells of it'
               when t.first is null then 'the audit log has no entry of its start'
               when x.proposal_id <> s.proposal_id
                   then 'it is of proposal ' || x.proposal_id || ', and its entry says ' || s.proposal_id
               when x.status <> l.to_status
                   then 'its status is ' || x.status || ', and its last entry says ' || l.to_status
               when (x.erased_at is null) <> (p.erased_at is null)
                   then 'its words and those of its proposal were not erased together'
               when x.attempt::text <> s.metadata_json ->> 'attempt'
                    or x.idempotency_key <> s.metadata_json ->> 'idempotency_key'
                    or x.links <> coalesce(w.words -> 'links', s.metadata_json -> 'links', '{}') and x.erased_at is null
                    or (x.result_json is not null or x.error is not null or x.links <> '{}') and x.erased_at is not null
                   then 'its attempt, key or links are not those of its entry'
               when not exists (
                   select from audit_log a
                   where a.proposal_id = x.proposal_id and a.org_id = %(org_id)s and a.seq < t.first
                     and a.action = 'proposal.approved' and a.actor_type = 'user'
                     and a.version = s.version and a.payload_sha256 = s.payload_sha256)
                   then 'no person approved what it performed'
           end as problem
    from trails t
    full join performed x on x.id = t.execution
    left join action_proposals p on p.id = x.proposal_id
    left join audit_log s on s.org_id = %(org_id)s and s.seq = t.first
    left join audit_log l on l.org_id = %(org_id)s and l.seq = t.last
    left join audit_words w on w.org_id = %(org_id)s and w.seq = t.first
)
select id, proposal_id, problem from compared where problem is not null order by id limit %(most)s

-- name: words
-- List the entries after a number whose words are not those that were written, and were not erased with their customer.
select a.seq as id,
       case when w.seq is null then 'its words are missing'
            when w.salt <> '' then 'its words were changed after they were written'
            else 'its words were taken away, and no erasure tells of it' end as problem
from audit_log a
left join audit_words w on w.org_id = a.org_id and w.seq = a.seq
left join action_proposals p on p.id = a.proposal_id
where a.org_id = %(org_id)s and a.seq > %(after)s and a.metadata_json ? 'words'
  and case when w.salt = '' then p.erased_at is null and not exists (
               select from audit_log e where e.org_id = a.org_id and e.action = 'customer.erased' and e.seq > a.seq
                 and e.metadata_json ? 'subject' and e.metadata_json ->> 'subject' = a.metadata_json ->> 'subject')
           else encode(sha256(convert_to(w.salt || w.words::text, 'UTF8')), 'hex')
                is distinct from a.metadata_json ->> 'words' end
order by a.seq limit %(most)s
