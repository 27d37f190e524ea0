-- name: by_token
-- Find the enabled operator who holds a token.
select * from operators where org_id = %(org_id)s and token_hash = %(token_hash)s and disabled_at is null

-- name: insert
-- Add an operator; it adds nothing where the name is taken.
insert into operators (org_id, name, role, token_hash)
values (%(org_id)s, %(name)s, %(role)s, %(token_hash)s)
on conflict (org_id, name) do nothing
returning *

-- name: all
-- List all operators, disabled ones too.
select * from operators where org_id = %(org_id)s order by id

-- name: disable
-- Disable an operator, but never the last enabled founder.
update operators set disabled_at = now()
where org_id = %(org_id)s and id = %(id)s and disabled_at is null
  and (role <> 'founder' or exists (
       select 1 from operators other
       where other.org_id = operators.org_id and other.id <> operators.id
         and other.role = 'founder' and other.disabled_at is null))
returning *
