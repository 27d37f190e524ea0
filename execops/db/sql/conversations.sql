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
-- Find the customers with one of these ids or mail addresses, and tell which of them are never to be contacted.
select object_id as customer, state ->> 'name' as name, state ->> 'email' as email,
       exists (select from suppressions s where s.org_id = %(org_id)s and s.subject_key = object_id) as suppressed
from snapshots
where org_id = %(org_id)s and object_type = 'customer' and state ->> 'deleted' is distinct from 'true'
  and (object_id = any (%(names)s) or lower(state ->> 'email') = any (%(emails)s))
order by object_id limit 20

-- name: of_day
-- Read what contacts wrote on a day, in UTC, and so many seconds before it, the oldest first; of a day with thousands of messages,
-- the latest.
select conversation, state from (
    select subject_key as conversation, state, as_of, object_id from snapshots
    where org_id = %(org_id)s and object_type = 'message' and state ->> 'by' = 'contact'
      and as_of >= (%(day)s || ' 00:00+00')::timestamptz - make_interval(secs => %(evening)s)
      and as_of < (%(day)s || ' 00:00+00')::timestamptz + interval '1 day'
    order by as_of desc, object_id desc limit 2000) latest
order by as_of, object_id

-- name: near
-- Count the conversations whose contact wrote within so many seconds of a moment.
select count(distinct subject_key) as conversations from snapshots
where org_id = %(org_id)s and object_type = 'message' and state ->> 'by' = 'contact'
  and as_of between %(at)s - make_interval(secs => %(window)s) and %(at)s + make_interval(secs => %(window)s)

-- name: reached
-- Find the conversations with an open proposal of anger whose contact wrote within so many seconds of a stretch of time.
select distinct p.object_id as conversation
from action_proposals p join snapshots m on m.org_id = p.org_id and m.subject_key = p.object_id
where p.org_id = %(org_id)s and p.play = 'angry_customer' and p.status in ('pending', 'failed')
  and m.object_type = 'message' and m.state ->> 'by' = 'contact'
  and m.as_of between %(first)s - make_interval(secs => %(window)s)
  and %(last)s + make_interval(secs => %(window)s)
order by conversation limit 200

-- name: of_customers
-- Find the conversations since a moment whose contact has the id of one of these customers, or their mail address but for a
-- plus tag.
select c.object_id as conversation from snapshots c
where c.org_id = %(org_id)s and c.object_type = 'conversation' and c.as_of >= %(since)s
  and c.state -> 'external_ids' ?| %(customers)s
union
select m.subject_key from snapshots k
join snapshots m on m.org_id = k.org_id and m.object_type = 'message' and m.as_of >= %(since)s
  and regexp_replace(lower(m.state ->> 'email'), '\+[^@]*@', '@')
      = regexp_replace(lower(k.state ->> 'email'), '\+[^@]*@', '@')
where k.org_id = %(org_id)s and k.object_type = 'customer' and k.object_id = any (%(customers)s)
order by conversation desc limit 20
