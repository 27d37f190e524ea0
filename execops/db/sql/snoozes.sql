-- name: snooze
-- Put a pending proposal out of sight until a moment, at the latest.
update action_proposals set snoozed_for = %(what)s, snoozed_until = %(until)s, snoozed_at = now(), snoozed_by = %(operator_id)s
where id = %(id)s

-- name: unsnooze
-- Bring a proposal back.
update action_proposals set snoozed_for = null, snoozed_until = null, snoozed_at = null, snoozed_by = null
where id = %(id)s and snoozed_at is not null

-- name: wake
-- Bring back the proposals that wait for an event about this subject or object. One that waits for an attempt is woken by
-- an event about its own object.
update action_proposals p set snoozed_for = null, snoozed_until = null, snoozed_at = null, snoozed_by = null
where p.org_id = %(org_id)s and p.snoozed_at is not null and p.snoozed_until > now()
  and (p.object_id = %(object_id)s or p.covers @> array[%(object_id)s::text]
       or exists (select from snapshots s where s.org_id = p.org_id and s.object_id = p.object_id
                  and s.links @> array[%(object_id)s::text])
       or p.subject_key = %(subject_key)s and p.snoozed_for = 'event')
  and p.snoozed_for in ('event', 'attempt')
returning p.id, p.play

-- name: is_back
-- Check whether the moment of a snoozed proposal has come, and its row does not say so yet.
select 1 from action_proposals
where org_id = %(org_id)s and id = %(id)s and snoozed_until <= now() and status = 'pending' and expires_at > now()

-- name: return
-- Write that the moment of a snoozed proposal has come.
update action_proposals set snoozed_for = null, snoozed_until = null, snoozed_at = null, snoozed_by = null
where org_id = %(org_id)s and id = %(id)s and snoozed_until <= now()

-- name: next_attempt
-- Read when the payments that a proposal is about are tried next.
select min((s.state ->> 'next_payment_attempt')::timestamptz) filter (
           where (s.state ->> 'next_payment_attempt')::timestamptz > now()) as at
from action_proposals p
join snapshots s on s.org_id = p.org_id and s.object_id = any (p.object_id || p.covers)
where p.org_id = %(org_id)s and p.id = %(id)s
