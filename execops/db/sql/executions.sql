-- name: of_proposal
-- List the attempts at a proposal in order.
select * from executions where proposal_id = %(proposal_id)s order by attempt

-- name: of_approval
-- List the attempts of one approval of a proposal in order.
select * from executions
where proposal_id = %(proposal_id)s and approval_no = %(approval_no)s order by attempt

-- name: start
-- Begin the next attempt of the current approval. It has the key of the approval's earlier attempts, even where the
-- deployment has another id since. A first attempt makes the key: deployment, proposal, version and approval name it.
insert into executions (org_id, proposal_id, attempt, idempotency_key, links, last_actor)
select p.org_id, p.id, coalesce(max(e.attempt), 0) + 1,
       coalesce(max(e.idempotency_key) filter (where e.approval_no = p.approval_no),
                concat_ws('-', 'execops', d.deployment_id, p.id, p.version, p.approval_no)),
       %(links)s, '{}'
from action_proposals p
join deployments d on d.org_id = p.org_id
left join executions e on e.proposal_id = p.id
where p.org_id = %(org_id)s and p.id = %(proposal_id)s
group by p.id, d.deployment_id
returning *

-- name: finish
-- Record how an attempt ended.
update executions
set status = %(status)s, result_json = %(result_json)s, error = %(error)s, settles = %(settles)s, finished_at = now()
where id = %(id)s

-- name: may_be_out
-- Whether an attempt at a proposal may have gone out without anybody knowing.
select execops_may_be_out(%(proposal_id)s) as may_be_out
