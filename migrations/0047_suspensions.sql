-- Suspensions: a play, or an action type, whose drafts people reject too often is switched off in the system's name, and a
-- proposal to enable it again waits in the inbox. `suspended` tells such a switch from an operator's.

alter table policies add column suspended boolean not null default false;
alter table policies add constraint policies_suspended check (not (suspended and (allowed or kind = 'system')));

-- For the last decisions about an action type.
create index verdicts_by_action on verdicts (org_id, action_type, decided_at desc, proposal_id desc);

-- May the system suspend this now? Only with a person's rejection of such a draft in this transaction, and with a proposal to
-- enable it again that waits for a person longer than anybody is away. So nothing falls silent without a person hearing of it.
create function execops_may_suspend(org text, of_kind text, of_name text) returns boolean language sql stable as $$
    select exists (
        select from action_proposals p
        where p.org_id = org and p.status = 'rejected' and p.decided_at = now() and p.decided_by is not null
          and p.vertical <> 'setup'
          and of_name = case of_kind when 'play' then p.play when 'action' then p.action_type end)
    and exists (
        select from action_proposals p
        where p.org_id = org and p.status = 'pending' and p.action_type = 'enable' and p.vertical = 'setup'
          and p.payload ->> 'kind' = of_kind and p.payload ->> 'name' = of_name
          and p.expires_at > now() + interval '1 year')
$$;

-- May the system enable this again? Only while it performs such a proposal, which `execution_guard` let begin: a person approved
-- it. A founder alone allows an action type, so a founder approved that one.
create function execops_may_enable(org text, of_kind text, of_name text) returns boolean language sql stable as $$
    select exists (
        select from action_proposals p
        join executions e on e.proposal_id = p.id and e.status = 'running' and e.approval_no = p.approval_no
        where p.org_id = org and p.status = 'executing' and p.action_type = 'enable'
          and p.payload ->> 'kind' = of_kind and p.payload ->> 'name' = of_name
          and (of_kind = 'play'
               or execops_is_founder(jsonb_build_object('type', 'user', 'id', p.decided_by), org)))
$$;

create or replace function setting_authority() returns trigger language plpgsql as $$
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
    if tg_table_name = 'policies' then
        if (changed ->> 'suspended')::boolean then
            may := actor ->> 'type' = 'system' and (tg_op = 'INSERT' or (to_jsonb(old) ->> 'allowed')::boolean)
                   and execops_may_suspend(changed ->> 'org_id', changed ->> 'kind', changed ->> 'name');
        elsif actor ->> 'type' = 'system' and tg_op = 'UPDATE' and (to_jsonb(old) ->> 'suspended')::boolean
              and (changed ->> 'allowed')::boolean then
            may := execops_may_enable(changed ->> 'org_id', changed ->> 'kind', changed ->> 'name');
        end if;
    end if;
    if not may and not (execops_owns() and actor ->> 'type' = 'system') then
        raise exception '% on % needs an operator who has proven that they may', tg_op, tg_table_name
            using errcode = 'EX004';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

create or replace function policy_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'policy.' || case when new.allowed then 'allowed' when new.suspended then 'suspended' else 'forbidden' end,
        null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('kind', new.kind, 'name', new.name, 'why', new.why)));
    return null;
end $$;

do $$
declare
    pinned regprocedure;
begin
    foreach pinned in array array[
        'execops_may_suspend(text, text, text)', 'execops_may_enable(text, text, text)', 'setting_authority()',
        'policy_audited()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
    alter function policy_audited() security definer;  -- as 0038_writers.sql made it: a new text forgets that
end $$;
