-- Executions: each attempt to perform an approved proposal. A running attempt is written before the outside call.
-- `links`: newer links to pay that are sent, each by the link that was approved; the first attempt of a key fixes them.
-- `approval_no`: the approval that it performs; the database sets it. Every attempt at one approval has the same key.
-- `settles`: during this attempt the other side was asked, and no earlier attempt had gone out.
create table executions (
    id              bigint generated always as identity primary key,
    org_id          text not null default 'default',
    proposal_id     bigint not null references action_proposals,
    attempt         integer not null check (attempt > 0),
    status          text not null default 'running'
                    check (status in ('running', 'succeeded', 'failed', 'unknown')),
    started_at      timestamptz not null default now(),
    finished_at     timestamptz,
    result_json     jsonb,
    error           text,
    approval_no     integer not null,
    idempotency_key text not null,
    links           jsonb not null default '{}' check (jsonb_typeof(links) = 'object'),
    settles         boolean not null default false,
    last_actor      jsonb not null,
    unique (proposal_id, attempt),
    check ((status = 'running') = (finished_at is null))
);
create unique index executions_one_effective on executions (proposal_id)
    where status in ('running', 'succeeded');
create trigger executions_stay before delete or truncate on executions
    for each statement execute function refuse('executions cannot be deleted');
alter table executions enable always trigger executions_stay;

-- May any attempt have gone out, without anybody knowing yet? Only a later attempt that settles it, or a person, ends the
-- doubt: an attempt that fails for sure says nothing about an earlier one.
create function execops_may_be_out(proposal bigint) returns boolean language sql stable as $$
    select exists (
        select 1 from executions e
        where e.proposal_id = proposal and e.status in ('running', 'unknown')
          and not exists (select 1 from executions later
                          where later.proposal_id = proposal and later.id > e.id and later.settles))
$$;

-- May the last attempt have gone out? A further one begins only after one that surely failed, or after a person's retry.
create function execops_last_attempt_open(proposal bigint) returns boolean language sql stable as $$
    select coalesce((select e.status in ('running', 'unknown') from executions e
                     where e.proposal_id = proposal order by e.id desc limit 1), false)
$$;

-- The guard: an attempt begins only where the audit log shows that a person approved exactly this payload.
create function execution_guard() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
    latest audit_log;
begin
    new.last_actor := execops_actor();
    if tg_op = 'UPDATE' then
        if (new.id, new.org_id, new.proposal_id, new.attempt, new.approval_no, new.idempotency_key, new.links,
            new.started_at)
           is distinct from
           (old.id, old.org_id, old.proposal_id, old.attempt, old.approval_no, old.idempotency_key, old.links,
            old.started_at)
        then
            raise exception 'execution %: only its result is written later', old.id using errcode = 'EX003';
        end if;
        if old.status <> 'running' then
            raise exception 'execution %: % is final', old.id, old.status using errcode = 'EX002';
        end if;
        return new;
    end if;
    if new.status <> 'running' then
        raise exception 'an execution begins as running, not %', new.status using errcode = 'EX002';
    end if;
    select * into proposal from action_proposals p
        where p.id = new.proposal_id and p.org_id = new.org_id for no key update;
    if proposal.status is null or proposal.status not in ('approved', 'executing') then
        raise exception 'no execution for proposal %: it is %, not approved', new.proposal_id,
            coalesce(proposal.status, 'missing') using errcode = 'EX006';
    end if;
    -- The last change of status that decides it must be an approval that is neither undone nor used up.
    select * into latest from audit_log a
        where a.proposal_id = new.proposal_id and a.action like 'proposal.%'
          and a.from_status is distinct from a.to_status and a.to_status <> 'executing'
        order by a.seq desc limit 1;
    if latest.action is distinct from 'proposal.approved' or latest.actor_type <> 'user'
       or latest.version is distinct from proposal.version
       or latest.payload_sha256 is distinct from proposal.payload_sha256
       or proposal.payload_sha256 <> execops_payload_sha256(proposal.payload) then
        raise exception 'no execution for proposal %: no person approved exactly this payload', new.proposal_id
            using errcode = 'EX006';
    end if;
    -- The first attempt begins while the proposal is approved; a later one only after an attempt that surely failed.
    if proposal.status = 'executing' and execops_last_attempt_open(proposal.id) then
        raise exception 'no execution for proposal %: the last attempt may have gone out', new.proposal_id
            using errcode = 'EX006';
    end if;
    new.approval_no := proposal.approval_no;
    if exists (select 1 from executions e where e.proposal_id = new.proposal_id
               and e.approval_no = new.approval_no and e.idempotency_key <> new.idempotency_key) then
        raise exception 'no execution for proposal %: an attempt of this approval has another key', new.proposal_id
            using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger execution_guard before insert or update on executions
    for each row execute function execution_guard();
alter table executions enable always trigger execution_guard;

create function execution_audited() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
begin
    select * into proposal from action_proposals p where p.id = new.proposal_id;
    perform audit_write(new.org_id, new.last_actor,
        'execution.' || case when tg_op = 'INSERT' then 'started' else new.status end, new.proposal_id,
        case when tg_op = 'UPDATE' then old.status end, new.status, proposal.version, proposal.payload_sha256,
        jsonb_strip_nulls(jsonb_build_object(
            'execution', new.id, 'attempt', new.attempt, 'idempotency_key', new.idempotency_key,
            'links', nullif(new.links, '{}'), 'error', new.error)));
    return null;
end $$;
create constraint trigger execution_audit after insert or update on executions
    deferrable initially deferred for each row execute function execution_audited();
alter table executions enable always trigger execution_audit;
