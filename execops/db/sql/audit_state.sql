-- name: proposals
-- List the proposals that differ from their last entry of the audit log, or from the version that was kept.
with trails as (
    select a.proposal_id,
           max(a.seq) filter (where starts_with(a.action, 'proposal.')) as last,
           max(a.seq) filter (where a.action in ('proposal.approved', 'proposal.rejected')
                              or (a.action = 'proposal.executed' and a.actor_type = 'user')) as decided,
           count(*) filter (where a.action = 'proposal.approved') as approvals
    from audit_log a
    where a.org_id = %(org_id)s and a.proposal_id is not null
    group by a.proposal_id
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
               when encode(sha256(convert_to(p.payload::text, 'UTF8')), 'hex') <> p.payload_sha256
                   then 'its payload is not the one whose hash was recorded'
                        || case when p.approval_no > 0 then ', and approved' else '' end
               when p.approval_no > t.approvals or (p.approval_no = 0 and t.approvals > 0)
                   then 'its approval number is ' || p.approval_no || ', and the audit log tells of '
                        || t.approvals || ' approvals'
               when p.decided_by is not null and (d.actor_id is distinct from p.decided_by::text or d.actor_type <> 'user')
                   then 'operator ' || p.decided_by || ' is not who decided it by the audit log'
               when v.proposal_id is null then 'the texts of version ' || p.version || ' are missing'
               when v.payload_sha256 <> p.payload_sha256
                    or v.payload::text not in (p.payload::text, '{}')
                    or v.title not in (p.title, '') or v.reasoning not in (p.reasoning, '')
                    or v.verdict not in (p.verdict, '')
                   then 'its words are not those of the version ' || p.version || ' that was kept'
           end as problem
    from trails t
    full join (select * from action_proposals where org_id = %(org_id)s) p on p.id = t.proposal_id
    left join audit_log e on e.org_id = %(org_id)s and e.seq = t.last
    left join audit_log d on d.org_id = %(org_id)s and d.seq = t.decided
    left join proposal_versions v on v.proposal_id = p.id and v.version = p.version
)
select id, problem from compared where problem is not null order by id limit %(most)s

-- name: executions
-- List the executions that differ from their last entry of the audit log, or that no person approved.
with trails as (
    select (a.metadata_json ->> 'execution')::bigint as execution,
           min(a.seq) filter (where a.action = 'execution.started') as first, max(a.seq) as last
    from audit_log a
    where a.org_id = %(org_id)s and a.proposal_id is not null and starts_with(a.action, 'execution.')
    group by 1
), compared as (
    select coalesce(x.id, t.execution) as id, coalesce(x.proposal_id, l.proposal_id) as proposal_id,
           case
               when x.id is null then 'it is missing, and the audit log tells of it'
               when t.first is null then 'the audit log has no entry of its start'
               when x.proposal_id <> s.proposal_id
                   then 'it is of proposal ' || x.proposal_id || ', and its entry says ' || s.proposal_id
               when x.status <> l.to_status
                   then 'its status is ' || x.status || ', and its last entry says ' || l.to_status
               when x.attempt::text <> s.metadata_json ->> 'attempt'
                    or x.idempotency_key <> s.metadata_json ->> 'idempotency_key'
                    or x.links <> coalesce(s.metadata_json -> 'links', '{}')
                   then 'its attempt, key or links are not those of its entry'
               when not exists (
                   select from audit_log a
                   where a.proposal_id = x.proposal_id and a.org_id = %(org_id)s and a.seq < t.first
                     and a.action = 'proposal.approved' and a.actor_type = 'user'
                     and a.version = s.version and a.payload_sha256 = s.payload_sha256)
                   then 'no person approved what it performed'
           end as problem
    from trails t
    full join (select * from executions where org_id = %(org_id)s) x on x.id = t.execution
    left join audit_log s on s.org_id = %(org_id)s and s.seq = t.first
    left join audit_log l on l.org_id = %(org_id)s and l.seq = t.last
)
select id, proposal_id, problem from compared where problem is not null order by id limit %(most)s
