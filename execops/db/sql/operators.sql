-- name: by_token
-- Find the enabled operator who holds the token of this digest, whether it has expired, and whether its use is to be noted
-- again. The proofs themselves are the owner's.
select o.id, o.name, o.role, o.limits, o.created_at, o.disabled_at, o.expires_at, u.used_at as last_used_at,
       coalesce(o.expires_at <= now(), false) as has_expired,
       coalesce(u.used_at < now() - interval '1 minute', true) as use_is_due
from operators o left join operator_uses u on u.org_id = o.org_id and u.operator_id = o.id
where o.org_id = %(org_id)s and o.id = execops_operator_of(%(digest)s)

-- name: note_use
-- Note that an operator's token is in use. Where another session notes it at this moment, it waits for nothing.
with due as (
    select org_id, operator_id from operator_uses
    where org_id = %(org_id)s and operator_id = %(id)s for update skip locked
)
update operator_uses u set used_at = now()
from due where u.org_id = due.org_id and u.operator_id = due.operator_id

-- name: note_first_use
-- Note that an operator's token is in use for the first time.
insert into operator_uses (org_id, operator_id) values (%(org_id)s, %(id)s) on conflict do nothing

-- name: enabled
-- Read an operator who is not revoked, and whether the token has expired.
select id, name, role, limits, created_at, disabled_at, expires_at, coalesce(expires_at <= now(), false) as has_expired
from operators where org_id = %(org_id)s and id = %(id)s and disabled_at is null

-- name: insert
-- Add an operator; it adds nothing where the name is taken.
insert into operators (org_id, name, role, token_proof, limits, expires_at)
values (%(org_id)s, %(name)s, %(role)s, %(token_proof)s, %(limits)s, %(expires_at)s)
on conflict (org_id, name) do nothing
returning id, name, role, limits, created_at, disabled_at, expires_at

-- name: all
-- List all operators, disabled ones too, with their last use.
select o.id, o.name, o.role, o.limits, o.created_at, o.disabled_at, o.expires_at, u.used_at as last_used_at
from operators o left join operator_uses u on u.org_id = o.org_id and u.operator_id = o.id
where o.org_id = %(org_id)s order by o.id

-- name: disable
-- Disable an operator, but never the last enabled founder.
update operators set disabled_at = now()
where org_id = %(org_id)s and id = %(id)s and disabled_at is null
  and (role <> 'founder' or exists (
       select 1 from operators other
       where other.org_id = operators.org_id and other.id <> operators.id
         and other.role = 'founder' and other.disabled_at is null))
returning id, name, role, limits, created_at, disabled_at, expires_at

-- name: rotate
-- Give an operator another token.
update operators set token_proof = %(token_proof)s, expires_at = %(expires_at)s
where org_id = %(org_id)s and id = %(id)s and disabled_at is null
returning id, name, role, limits, created_at, disabled_at, expires_at
