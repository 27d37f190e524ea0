-- Operators are changed by a founder who has proven it, and by nobody else.
--
-- Two changes are the owner's, because nobody could prove anything: the first founder, whom the migration adds, and a new
-- token for a founder who has lost theirs (`execops operators recover`).

-- Is this actor an enabled founder?
create function execops_is_founder(actor jsonb, org text) returns boolean language sql stable as $$
    select actor ->> 'type' = 'user' and exists (
        select 1 from operators o
        where o.id::text = actor ->> 'id' and o.org_id = org and o.disabled_at is null and o.role = 'founder')
$$;

create function operator_authority() returns trigger language plpgsql as $$
begin
    if execops_is_founder(new.last_actor, new.org_id) then
        return new;
    end if;
    -- Everybody renews their own token, which then works no longer than the one before.
    if tg_op = 'UPDATE' and new.last_actor ->> 'type' = 'user' and new.last_actor ->> 'id' = old.id::text
       and old.disabled_at is null
       and to_jsonb(new) - array['token_proof', 'expires_at', 'last_actor']
           = to_jsonb(old) - array['token_proof', 'expires_at', 'last_actor']
       and coalesce(new.expires_at, 'infinity') <= coalesce(old.expires_at, 'infinity') then
        return new;
    end if;
    if execops_owns() and new.last_actor ->> 'type' = 'system' then
        if tg_op = 'INSERT' then
            if new.role = 'founder' and not exists (select 1 from operators o where o.org_id = new.org_id) then
                return new;
            end if;
        elsif old.role = 'founder' and old.disabled_at is null
              and to_jsonb(new) - array['token_proof', 'expires_at', 'last_actor']
                  = to_jsonb(old) - array['token_proof', 'expires_at', 'last_actor'] then
            return new;
        end if;
    end if;
    raise exception 'operators are changed by a founder who has proven it' using errcode = 'EX004';
end $$;
-- After operator_guard, which writes last_actor: triggers run in the order of their names.
create trigger operator_guard_authority before insert or update on operators
    for each row execute function operator_authority();
alter table operators enable always trigger operator_guard_authority;

-- `changed` names what changed of an operator. A role and limits are told as they were and as they are, a token never.
create or replace function operator_audited() returns trigger language plpgsql as $$
declare
    facts jsonb := jsonb_build_object('operator', new.id, 'name', new.name, 'role', new.role,
                                      'enabled', new.disabled_at is null)
                   || jsonb_strip_nulls(jsonb_build_object('expires_at', new.expires_at));
begin
    if tg_op = 'INSERT' then
        if new.limits <> '{}' then
            facts := facts || jsonb_build_object('limits', new.limits);
        end if;
    else
        if (new.name, new.role, new.limits, new.token_proof, new.expires_at, new.disabled_at)
           is not distinct from (old.name, old.role, old.limits, old.token_proof, old.expires_at, old.disabled_at) then
            return null;
        end if;
        facts := facts || jsonb_build_object('changed', to_jsonb(array_remove(array[
            case when new.name <> old.name then 'name' end,
            case when new.role <> old.role then 'role' end,
            case when new.limits <> old.limits then 'limits' end,
            case when new.token_proof is distinct from old.token_proof then 'token' end,
            case when new.expires_at is distinct from old.expires_at then 'expires_at' end,
            case when new.disabled_at is distinct from old.disabled_at then 'enabled' end], null)));
        if new.role <> old.role then
            facts := facts || jsonb_build_object('role_before', old.role);
        end if;
        if new.limits <> old.limits then
            facts := facts || jsonb_build_object('limits', new.limits, 'limits_before', old.limits);
        end if;
    end if;
    perform audit_write(new.org_id, new.last_actor,
        'operator.' || case when tg_op = 'INSERT' then 'added'
                            when new.disabled_at is not null and old.disabled_at is null then 'revoked'
                            else 'changed' end,
        null, null, null, null, null, facts);
    return null;
end $$;

do $$
begin
    execute format('alter function operator_authority() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('alter function operator_audited() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
