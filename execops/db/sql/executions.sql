-- name: of_proposal
-- List the attempts at a proposal in order.
select * from executions where proposal_id = %(proposal_id)s order by attempt

-- name: start
-- Begin the next attempt.
insert into executions (org_id, proposal_id, attempt, idempotency_key, links, last_actor)
select %(org_id)s, %(proposal_id)s, coalesce(max(attempt), 0) + 1, %(idempotency_key)s, %(links)s, '{}'
from executions where proposal_id = %(proposal_id)s
returning *

-- name: finish
-- Record how an attempt ended.
update executions
set status = %(status)s, result_json = %(result_json)s, error = %(error)s, settles = %(settles)s, finished_at = now()
where id = %(id)s

-- name: may_be_out
-- Whether an attempt at a proposal may have gone out without anybody knowing.
select execops_may_be_out(%(proposal_id)s) as may_be_out
