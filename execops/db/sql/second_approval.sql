-- name: rule
-- Read the amount from which two operators approve, which is null where one is enough.
select from_minor, currency, rates, decided_by, since, why from approval_rules where org_id = %(org_id)s

-- name: approvers
-- Count the enabled operators who may approve an amount.
select execops_second_approvers(row(%(org_id)s, %(from_minor)s, %(currency)s, %(rates)s, '', now(), null, '{}')::approval_rules) as approvers

-- name: set
-- Say from which amount two operators approve; without an amount, one is enough.
update approval_rules
set from_minor = %(from_minor)s, currency = %(currency)s, rates = %(rates)s, decided_by = %(decided_by)s, since = now(),
    why = %(why)s
where org_id = %(org_id)s

-- name: lock_rule
-- Keep the rule and the operators who can approve twice as they are until the transaction ends.
select 1 from approval_rules where org_id = %(org_id)s for no key update

-- name: needed
-- Read how many operators approve a proposal, how many have, and whether this one is among them.
select execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload) as needed,
       execops_approvals_given(p.org_id, p.id, p.version, p.payload_sha256) as given,
       exists (select from approvals a
               where a.org_id = p.org_id and a.proposal_id = p.id and a.version = p.version
                 and a.operator_id = %(operator_id)s and a.voided_at is null) as own
from action_proposals p where p.org_id = %(org_id)s and p.id = %(id)s

-- name: give
-- Record an approval of a proposal that needs two.
insert into approvals (org_id, proposal_id, version, operator_id, payload_sha256, last_actor)
select org_id, id, version, %(operator_id)s, payload_sha256, '{}' from action_proposals
where org_id = %(org_id)s and id = %(id)s
