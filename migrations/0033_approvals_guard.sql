-- The guards of second approvals: who gives one, what voids them, and that nothing is approved or performed without them.

-- An operator approves in their own name, and just the version and payload that stand there.
create function approval_guard() returns trigger language plpgsql as $$
declare
    actor jsonb := execops_actor();
    proposal action_proposals;
begin
    if tg_op = 'UPDATE' then
        if pg_trigger_depth() < 2 or old.voided_at is not null or new.voided_at is null
           or to_jsonb(new) - 'voided_at' <> to_jsonb(old) - 'voided_at' then
            raise exception 'approval %: the database alone voids it, and nothing else of it changes', old.id
                using errcode = 'EX003';
        end if;
        return new;
    end if;
    if not execops_decides(actor, new.org_id) or new.operator_id::text is distinct from actor ->> 'id' then
        raise exception 'an approval is given by an enabled operator whose role decides, in their own name'
            using errcode = 'EX004';
    end if;
    select * into proposal from action_proposals p
        where p.id = new.proposal_id and p.org_id = new.org_id for no key update;
    if proposal.status is null or proposal.status not in ('pending', 'failed', 'unknown')
       or (proposal.status = 'pending' and proposal.expires_at <= clock_timestamp()) then
        raise exception 'no approval of proposal %: it waits for none', new.proposal_id using errcode = 'EX002';
    end if;
    if (new.version, new.payload_sha256) is distinct from (proposal.version, proposal.payload_sha256) then
        raise exception 'no approval of proposal %: it reads otherwise now', new.proposal_id using errcode = 'EX002';
    end if;
    new.at := now();
    new.voided_at := null;
    new.last_actor := actor;
    return new;
end $$;
create trigger approval_guard before insert or update on approvals
    for each row execute function approval_guard();
alter table approvals enable always trigger approval_guard;

create function approval_audited() returns trigger language plpgsql as $$
declare
    p action_proposals;
begin
    select * into p from action_proposals where id = new.proposal_id;
    perform audit_write(new.org_id, new.last_actor, 'approval.given', new.proposal_id, null, null, new.version,
        new.payload_sha256, jsonb_build_object(
            'given', (select count(*) from approvals a
                      where a.proposal_id = new.proposal_id and a.version = new.version and a.id <= new.id
                        and (a.voided_at is null or a.voided_at > new.at)),
            'needed', execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload)));
    return null;
end $$;
create constraint trigger approval_audit after insert on approvals
    deferrable initially deferred for each row execute function approval_audited();
alter table approvals enable always trigger approval_audit;

-- The audit log takes rows of these two as well.
do $$
declare
    was text := pg_get_functiondef('audit_chain()'::regprocedure);
    becomes text := replace(was, 'deployment)_audited', 'deployment|approval|approval_rule)_audited');
begin
    if becomes = was then
        raise exception 'audit_chain is not as this migration expects it';
    end if;
    execute becomes;
end $$;

-- A new version, a rejection and every way back to pending void what was approved before.
create function approvals_voided() returns trigger language plpgsql as $$
begin
    update approvals a set voided_at = now()
    where a.org_id = new.org_id and a.proposal_id = new.id and a.voided_at is null;
    return null;
end $$;
create trigger approvals_voided after update on action_proposals
    for each row when (old.version <> new.version
                       or old.status <> new.status and new.status in ('pending', 'rejected', 'superseded', 'expired'))
    execute function approvals_voided();
alter table action_proposals enable always trigger approvals_voided;

-- Nothing becomes approved before as many operators as needed have approved it.
create function proposal_second_guard() returns trigger language plpgsql as $$
declare
    needed integer := execops_approvals_needed(new.org_id, new.action_type, new.amount_minor, new.currency, new.payload);
    given integer := execops_approvals_given(new.org_id, new.id, new.version, new.payload_sha256);
begin
    if needed > 1 and given < needed then
        raise exception 'proposal %: % of % operators approved it', new.id, given, needed using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger proposal_second_guard before update on action_proposals
    for each row when (new.status = 'approved' and old.status <> 'approved')
    execute function proposal_second_guard();
alter table action_proposals enable always trigger proposal_second_guard;

-- Nor is it performed.
create function execution_second_guard() returns trigger language plpgsql as $$
declare
    p action_proposals;
    needed integer;
    given integer;
begin
    select * into p from action_proposals where id = new.proposal_id and org_id = new.org_id;
    needed := execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload);
    given := execops_approvals_given(p.org_id, p.id, p.version, p.payload_sha256);
    if needed > 1 and given < needed then
        raise exception 'no execution for proposal %: % of % operators approved it', p.id, given, needed
            using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger execution_second_guard before insert on executions
    for each row execute function execution_second_guard();
alter table executions enable always trigger execution_second_guard;

-- For the lists: how far the approvals of each version are, where there are any.
create view approvals_counted as
select p.id, p.version, count(*)::integer as approvals,
       execops_approvals_needed(p.org_id, p.action_type, p.amount_minor, p.currency, p.payload) as approvals_needed
from approvals a
join operators o on o.id = a.operator_id and o.disabled_at is null
join action_proposals p on p.id = a.proposal_id and p.version = a.version and p.payload_sha256 = a.payload_sha256
where a.voided_at is null and p.status in ('pending', 'failed', 'unknown')
group by p.id;

-- Consoles read the row anew: see 0021_notifications.sql.
create function approval_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_proposals', jsonb_build_object(
        'org', p.org_id, 'id', p.id, 'status', p.status, 'version', p.version)::text)
    from action_proposals p where p.id = new.proposal_id;
    return null;
end $$;
create trigger approval_notify after insert on approvals
    for each row execute function approval_notify();

do $$
declare
    name regprocedure;
begin
    foreach name in array array[
        'approval_guard()', 'approval_audited()', 'approvals_voided()', 'proposal_second_guard()',
        'execution_second_guard()', 'approval_notify()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', name, current_schema());
    end loop;
end $$;
