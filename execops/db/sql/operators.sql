-- name: by_token
-- Find the enabled operator who holds the token of this digest. The proofs themselves are the owner's.
select o.id, o.name, o.role, o.limits, o.created_at, o.disabled_at from operators o
where o.org_id = %(org_id)s and o.id = execops_operator_of(%(digest)s)

-- name: insert
-- Add an operator; it adds nothing where the name is taken.
insert into operators (org_id, name, role, token_proof)
values (%(org_id)s, %(name)s, %(role)s, %(token_proof)s)
on conflict (org_id, name) do nothing
returning id, name, role, limits, created_at, disabled_at

-- name: all
-- List all operators, disabled ones too.
select id, name, role, limits, created_at, disabled_at from operators where org_id = %(org_id)s order by id

-- name: disable
-- Disable an operator, but never the last enabled founder.
update operators set disabled_at = now()
where org_id = %(org_id)s and id = %(id)s and disabled_at is null
  and (role <> 'founder' or exists (
       select 1 from operators other
       where other.org_id = operators.org_id and other.id <> operators.id
         and other.role = 'founder' and other.disabled_at is null))
returning id, name, role, limits, created_at, disabled_at
