-- Operators: the people and services that hold a token. They are revoked, never deleted.
create table operators (
    id          bigint generated always as identity primary key,
    org_id      text not null default 'default',
    name        text not null check (name <> ''),
    role        text not null check (role in ('founder', 'ops', 'viewer', 'service')),
    token_hash  text unique,
    limits      jsonb not null default '{}',
    created_at  timestamptz not null default now(),
    disabled_at timestamptz,
    last_actor  jsonb not null,
    unique (org_id, name)
);
create trigger operators_stay before delete or truncate on operators
    for each statement execute function refuse('revoke an operator instead');
alter table operators enable always trigger operators_stay;

-- Is this actor an enabled operator whose role decides?
create function execops_decides(actor jsonb, org text) returns boolean language sql stable as $$
    select actor ->> 'type' = 'user' and exists (
        select 1 from operators o
        where o.id::text = actor ->> 'id' and o.org_id = org
          and o.disabled_at is null and o.role in ('founder', 'ops'))
$$;

-- The guard of operators, policies and suppressions: a change needs an actor. The trigger's arguments name the
-- columns that identify the row; they never change.
create function setting_guard() returns trigger language plpgsql as $$
declare
    identity text;
begin
    foreach identity in array tg_argv loop
        if tg_op = 'UPDATE' and to_jsonb(new) -> identity is distinct from to_jsonb(old) -> identity then
            raise exception '%: % never changes', tg_table_name, identity using errcode = 'EX003';
        end if;
    end loop;
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger operator_guard before insert or update on operators
    for each row execute function setting_guard('id', 'org_id', 'created_at');
alter table operators enable always trigger operator_guard;

-- The audit row names what changed, the role, the limits and the end of the token; never the token's hash.
create function operator_audited() returns trigger language plpgsql as $$
declare
    changed jsonb;
begin
    if tg_op = 'UPDATE' then
        select jsonb_agg(case n.key when 'token_hash' then 'token' else n.key end order by n.key) into changed
        from jsonb_each(to_jsonb(new)) n
        where n.value is distinct from to_jsonb(old) -> n.key and n.key <> 'last_actor';
    end if;
    perform audit_write(new.org_id, new.last_actor,
        'operator.' || case when tg_op = 'INSERT' then 'added'
                            when new.disabled_at is not null and old.disabled_at is null then 'revoked'
                            else 'changed' end,
        null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object(
            'operator', new.id, 'name', new.name, 'role', new.role, 'enabled', new.disabled_at is null,
            'limits', nullif(new.limits, '{}'), 'expires_at', to_jsonb(new) -> 'expires_at', 'changed', changed)));
    return null;
end $$;
create constraint trigger operator_audit after insert or update on operators
    deferrable initially deferred for each row execute function operator_audited();
alter table operators enable always trigger operator_audit;
