-- name: renew
-- Give the deployment a new random id, for the idempotency keys that are made from now on.
with previous as (
    select org_id, deployment_id from deployments where org_id = %(org_id)s for update
)
update deployments d set deployment_id = execops_random_id(), since = now()
from previous p where d.org_id = p.org_id
returning d.deployment_id, p.deployment_id as previous_id
