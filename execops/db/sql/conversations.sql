-- name: messages
-- Read the messages of a support conversation, the oldest first; of one with thousands, the latest.
select state from (
    select state, as_of, object_id from snapshots
    where org_id = %(org_id)s and subject_key = %(conversation)s and object_type = 'message'
    order by as_of desc, object_id desc limit 200) latest
order by as_of, object_id

-- name: state
-- Read the state of a support conversation.
select state from snapshots where org_id = %(org_id)s and object_id = %(conversation)s

-- name: customers
-- Find the customers with one of these ids or mail addresses.
select object_id as customer, state ->> 'name' as name, state ->> 'email' as email
from snapshots
where org_id = %(org_id)s and object_type = 'customer' and state ->> 'deleted' is distinct from 'true'
  and (object_id = any (%(names)s) or lower(state ->> 'email') = any (%(emails)s))
order by object_id limit 20
