-- Settings are changed by people who have proven that they may, as `execops_actor` tells; nothing of the processes changes
-- one in the system's name. The owner of the tables, who could switch this guard off, may.

create function setting_authority() returns trigger language plpgsql as $$
declare
    changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
    actor jsonb := execops_actor();
    -- An operator with limits decides within these only, and a setting is about more.
    may boolean := execops_decides(actor, changed ->> 'org_id') and not exists (
        select from operators o where o.id::text = actor ->> 'id' and o.limits <> '{}');
begin
    -- A founder alone lets actions happen, and says that the database was restored.
    if tg_table_name = 'deployments'
       or tg_table_name = 'policies' and changed ->> 'kind' = 'action' and (changed ->> 'allowed')::boolean then
        may := execops_is_founder(actor, changed ->> 'org_id');
    end if;
    if not may and not (execops_owns() and actor ->> 'type' = 'system') then
        raise exception '% on % needs an operator who has proven that they may', tg_op, tg_table_name
            using errcode = 'EX004';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
-- After the guards, which keep identities: triggers run in the order of their names.
create trigger policy_guard_authority before insert or update on policies
    for each row execute function setting_authority();
alter table policies enable always trigger policy_guard_authority;
create trigger suppression_guard_authority before insert or update or delete on suppressions
    for each row execute function setting_authority();
alter table suppressions enable always trigger suppression_guard_authority;
create trigger deployment_guard_authority before update on deployments
    for each row execute function setting_authority();
alter table deployments enable always trigger deployment_guard_authority;

do $$
begin
    execute format('alter function setting_authority() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
