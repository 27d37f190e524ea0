-- name: owner
-- Read the role of this session, and whether it owns our tables, or is a member of the role that does.
select current_user as role, pg_has_role(current_user, c.relowner, 'usage') as owns
from pg_class c where c.oid = 'operators'::regclass

-- name: renew_token
-- Give an enabled founder another token, which does not expire.
update operators set token_proof = %(token_proof)s, expires_at = null
where org_id = %(org_id)s and id = %(id)s and role = 'founder' and disabled_at is null
returning id, name, role, limits, created_at, disabled_at, expires_at
