-- name: of_proposal
-- List the attempts at a proposal in order.
select * from executions where proposal_id = %(proposal_id)s order by attempt

-- name: start
-- Begin the next attempt.
insert into executions (org_id, proposal_id, attempt, idempotency_key, last_actor)
select %(org_id)s, %(proposal_id)s, coalesce(max(attempt), 0) + 1, %(idempotency_key)s, '{}'
from executions where proposal_id = %(proposal_id)s
returning *

-- name: finish
-- Record how an attempt ended.
update executions
set status = %(status)s, result_json = %(result_json)s, error = %(error)s, finished_at = now()
where id = %(id)s
