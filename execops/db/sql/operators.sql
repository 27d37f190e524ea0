-- name: by_token
select * from operators where org_id = %(org_id)s and token_hash = %(token_hash)s and disabled_at is null

-- name: insert
insert into operators (org_id, name, role, token_hash)
values (%(org_id)s, %(name)s, %(role)s, %(token_hash)s)
on conflict (org_id, name) do nothing
returning *

-- name: all
select * from operators where org_id = %(org_id)s order by id

-- name: disable
update operators set disabled_at = now()
where org_id = %(org_id)s and id = %(id)s and disabled_at is null
  and (role <> 'founder' or exists (
       select 1 from operators other
       where other.org_id = operators.org_id and other.id <> operators.id
         and other.role = 'founder' and other.disabled_at is null))
returning *
