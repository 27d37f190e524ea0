-- name: all
-- List every switch that an operator ever set.
select kind, name, allowed, suspended, decided_by, since, why from policies where org_id = %(org_id)s order by kind, name

-- name: in_force
-- Read the rules in force: all switches, and which of these customers are suppressed.
select kind, name, allowed from policies where org_id = %(org_id)s
union all
select 'suppression', subject_key, false from suppressions
where org_id = %(org_id)s and subject_key = any (%(subject_keys)s)

-- name: hold_executions
-- Read the rules in force for a proposal, and keep others from pausing or resuming until the transaction ends. A transaction that
-- waited for the switch reads its new value. A suspension begins after what people approved before it.
with locked as (
    select kind, name, allowed from policies
    where org_id = %(org_id)s and kind = 'system' and name = 'executions' for share
)
select kind, name, allowed from locked
union all
select kind, name, allowed or suspended from policies where org_id = %(org_id)s and kind <> 'system'
union all
select 'suppression', s.subject_key, false
from action_proposals p join suppressions s on s.org_id = p.org_id and s.subject_key = p.subject_key
where p.org_id = %(org_id)s and p.id = %(proposal_id)s

-- name: allowed_actions
-- List the action types that are switched on.
select name from policies where org_id = %(org_id)s and kind = 'action' and allowed order by name

-- name: set_allowed
-- Allow or forbid something. It changes nothing where another operator was faster, unless `again` is true.
insert into policies (org_id, kind, name, allowed, decided_by, why)
values (%(org_id)s, %(kind)s, %(name)s, %(allowed)s, %(decided_by)s, %(why)s)
on conflict (org_id, kind, name) do update
set allowed = excluded.allowed, suspended = false, decided_by = excluded.decided_by, why = excluded.why, since = now()
where %(again)s or policies.allowed <> excluded.allowed

-- name: suspend
-- Suspend a play or an action type in the system's name.
insert into policies (org_id, kind, name, allowed, suspended, decided_by, why)
values (%(org_id)s, %(kind)s, %(name)s, false, true, %(decided_by)s, %(why)s)
on conflict (org_id, kind, name) do update
set allowed = false, suspended = true, decided_by = excluded.decided_by, why = excluded.why, since = now()

-- name: enable_again
-- End a suspension, because a person approved that.
update policies set allowed = true, suspended = false, decided_by = o.name, why = %(why)s, since = now()
from operators o
where policies.org_id = %(org_id)s and kind = %(kind)s and policies.name = %(name)s and suspended
  and o.org_id = %(org_id)s and o.id = %(operator_id)s

-- name: suppress
-- Never contact a customer again; `proposal_id` is the rejection that said so, if one did.
insert into suppressions (org_id, subject_key, created_by, why, proposal_id)
values (%(org_id)s, %(subject_key)s, %(created_by)s, %(why)s, %(proposal_id)s)
on conflict (org_id, subject_key) do nothing

-- name: suppressed_with
-- Find the customer whom a rejection suppressed, where that still stands.
select subject_key from suppressions where org_id = %(org_id)s and proposal_id = %(proposal_id)s

-- name: customer_of
-- Find the payment's customer of an object about one, such as a dispute; null where the ledger knows none. No row for an object
-- of another type.
select case when s.subject_key <> all (s.object_id || s.links) then s.subject_key end as customer from snapshots s
where s.org_id = %(org_id)s and s.object_id = %(object_id)s and s.object_type = any (%(types)s)

-- name: suppressions
-- List the customers who are never contacted, the latest first.
select subject_key, created_by, created_at, why from suppressions
where org_id = %(org_id)s order by created_at desc, subject_key

-- name: lift_suppression
-- Allow contact with a customer again; no row where the customer was not suppressed.
delete from suppressions where org_id = %(org_id)s and subject_key = %(subject_key)s
returning subject_key, created_by, created_at, why
