-- name: add
-- Add a notification of an operator about a proposal; it adds nothing where there is one already.
insert into notifications (org_id, proposal_id, operator_id, reminder, member, idempotency_key, last_actor)
select %(org_id)s, %(proposal_id)s, %(operator_id)s, %(reminder)s, %(member)s,
       concat_ws('-', 'execops', d.deployment_id, 'told', %(proposal_id)s::bigint, %(operator_id)s::bigint,
                 case when %(reminder)s then 'again' end), '{}'
from deployments d where d.org_id = %(org_id)s
on conflict do nothing
returning id

-- name: told
-- List the operators who were told of a proposal, or are about to be.
select operator_id from notifications
where org_id = %(org_id)s and proposal_id = %(proposal_id)s and not reminder and status <> 'dropped'

-- name: lock
-- Lock a notification until the transaction ends; `called_for` says whether it may still be sent.
select *, execops_may_tell(org_id, proposal_id, operator_id, member) as called_for
from notifications where org_id = %(org_id)s and id = %(id)s for no key update

-- name: move
-- Record the status of a notification, and what is known of it.
update notifications
set status = %(status)s, body = coalesce(%(body)s, body), result_json = coalesce(%(result_json)s, result_json),
    error = %(error)s
where id = %(id)s

-- name: show
-- Record which status of the proposal a message shows now.
update notifications set shown = %(shown)s where id = %(id)s

-- name: sent
-- List the messages about a proposal that were sent. Nobody finds one whose place was erased with its words.
select id, member, idempotency_key, result_json, shown from notifications
where org_id = %(org_id)s and proposal_id = %(proposal_id)s and status = 'sent' and erased_at is null order by id

-- name: of_proposal
-- Find a proposal of which operators were told, or are about to be; nothing where nobody is.
select proposal_id from notifications
where org_id = %(org_id)s and proposal_id = %(proposal_id)s and status in ('waiting', 'sending', 'sent')
  and erased_at is null limit 1

-- name: of_thread
-- Find the proposal of a thread, of which operators were told, or are about to be; nothing where nobody is.
select n.proposal_id from action_proposals p
join notifications n on n.org_id = p.org_id and n.proposal_id = p.id
where p.org_id = %(org_id)s and p.thread_id = %(thread_id)s and n.status in ('waiting', 'sending', 'sent')
  and n.erased_at is null limit 1
