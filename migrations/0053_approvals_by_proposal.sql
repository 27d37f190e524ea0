-- The approvals of one proposal are read by their index, which begins with the organisation.
create or replace view approvals_counted as
select p.id, p.version, count(*)::integer as approvals,
       execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload) as approvals_needed
from approvals a
join operators o on o.id = a.operator_id and o.disabled_at is null
join action_proposals p on p.org_id = a.org_id and p.id = a.proposal_id and p.version = a.version
                       and p.payload_sha256 = a.payload_sha256
where a.voided_at is null and p.status in ('pending', 'failed', 'unknown')
group by p.id;
