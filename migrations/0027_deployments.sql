-- Deployments: the random id that every new idempotency key holds, so that no two databases use the same key.

-- `deployment_id` belongs to this database alone: a database that was restored or copied renews it. Keys of before stay
-- in their executions.
create table deployments (
    org_id        text primary key default 'default',
    deployment_id text not null check (deployment_id ~ '^[0-9a-f]{12}$'),
    since         timestamptz not null default now(),
    last_actor    jsonb not null
);

create function execops_random_id() returns text language sql volatile as $$
    select left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 12)
$$;
insert into deployments (deployment_id, last_actor)
values (execops_random_id(), '{"type": "system", "id": "migrate", "metadata": {}}');

create trigger deployments_stay before delete or truncate on deployments
    for each statement execute function refuse('a deployment keeps its row');
alter table deployments enable always trigger deployments_stay;
create trigger deployment_guard before insert or update on deployments
    for each row execute function setting_guard('org_id');
alter table deployments enable always trigger deployment_guard;

create function deployment_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'deployment.restored', null, null, null, null, null,
        jsonb_build_object('deployment_id', new.deployment_id, 'previous_id', old.deployment_id));
    return null;
end $$;
create constraint trigger deployment_audit after update on deployments
    deferrable initially deferred for each row execute function deployment_audited();
alter table deployments enable always trigger deployment_audit;

do $$
begin
    execute format('alter function deployment_audited() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
