-- What the database itself refuses, so that nobody goes round it by accident, and the audit chain.
-- All triggers are ENABLE ALWAYS: session_replication_role = replica does not switch them off.

-- Who acts, from the transaction's settings. A setting that was once local reads '' afterwards, hence nullif.
create function execops_actor() returns jsonb language plpgsql as $$
declare
    actor_type text := nullif(current_setting('execops.actor_type', true), '');
    actor_id   text := nullif(current_setting('execops.actor_id', true), '');
    metadata   text := nullif(current_setting('execops.metadata', true), '');
begin
    if actor_type is null or actor_id is null then
        raise exception 'no actor: set execops.actor_type and execops.actor_id for this transaction'
            using errcode = 'EX001';
    end if;
    if actor_type not in ('system', 'user') then
        raise exception 'unknown actor type %', actor_type using errcode = 'EX001';
    end if;
    return jsonb_build_object('type', actor_type, 'id', actor_id,
                              'metadata', coalesce(metadata::jsonb, '{}'::jsonb));
end $$;

-- Is this actor an enabled operator whose role decides?
create function execops_decides(actor jsonb, org text) returns boolean language sql stable as $$
    select actor ->> 'type' = 'user' and exists (
        select 1 from operators o
        where o.id::text = actor ->> 'id' and o.org_id = org
          and o.disabled_at is null and o.role in ('founder', 'ops'))
$$;

create function execops_transition_allowed(from_status text, to_status text) returns boolean
language sql immutable as $$
    select (from_status, to_status) in (
        ('pending', 'approved'), ('pending', 'rejected'), ('pending', 'superseded'), ('pending', 'expired'),
        ('approved', 'executing'), ('approved', 'pending'), ('approved', 'superseded'), ('approved', 'failed'),
        ('executing', 'executed'), ('executing', 'failed'), ('executing', 'unknown'),
        ('failed', 'pending'), ('failed', 'superseded'), ('failed', 'approved'), ('failed', 'executed'),
        ('failed', 'rejected'),
        ('unknown', 'approved'), ('unknown', 'executed'), ('unknown', 'rejected'))
$$;

-- Transitions that only a person may make; every other one may also be the system's.
create function execops_transition_is_decision(from_status text, to_status text) returns boolean
language sql immutable as $$
    select to_status in ('approved', 'rejected', 'pending')
        or (from_status in ('failed', 'unknown') and to_status = 'executed')
$$;

create function proposal_guard() returns trigger language plpgsql as $$
declare
    actor jsonb := execops_actor();
    payload_changed boolean;
    shown_changed boolean;
begin
    new.last_actor := actor;
    new.payload_sha256 := encode(sha256(convert_to(new.payload::text, 'UTF8')), 'hex');
    if tg_op = 'INSERT' then
        if new.status <> 'pending' then
            raise exception 'a proposal begins as pending, not %', new.status using errcode = 'EX002';
        end if;
        new.version := 1;
        new.approval_no := 0;
        return new;
    end if;

    if (new.id, new.org_id, new.play, new.action_type, new.dedupe_key, new.thread_id, new.created_at)
       is distinct from
       (old.id, old.org_id, old.play, old.action_type, old.dedupe_key, old.thread_id, old.created_at) then
        raise exception 'proposal %: its identity and action type never change', old.id using errcode = 'EX003';
    end if;

    payload_changed := new.payload is distinct from old.payload;
    shown_changed := payload_changed
        or (new.title, new.urgency, new.reasoning, new.evidence, new.amount_minor, new.currency)
           is distinct from
           (old.title, old.urgency, old.reasoning, old.evidence, old.amount_minor, old.currency);
    if payload_changed and not (new.status = 'pending' and old.status in ('pending', 'failed')) then
        raise exception 'proposal %: the payload cannot change once approved (status %)', old.id, old.status
            using errcode = 'EX003';
    end if;
    if new.version is distinct from old.version and not (shown_changed and new.version = old.version + 1) then
        raise exception 'proposal %: the version follows the content, it is not set by hand', old.id
            using errcode = 'EX003';
    end if;
    new.version := old.version + shown_changed::int;
    new.approval_no := old.approval_no;

    if new.status is distinct from old.status then
        if not execops_transition_allowed(old.status, new.status) then
            raise exception 'proposal %: % -> % is not allowed', old.id, old.status, new.status
                using errcode = 'EX002';
        end if;
        if execops_transition_is_decision(old.status, new.status)
           and not execops_decides(actor, old.org_id) then
            raise exception 'proposal %: % -> % needs an enabled operator whose role decides', old.id,
                old.status, new.status using errcode = 'EX004';
        end if;
        if old.status = 'pending' and new.status = 'approved' and old.expires_at <= now() then
            raise exception 'proposal %: it expired at %', old.id, old.expires_at using errcode = 'EX002';
        end if;
        if old.status = 'approved' and new.status = 'pending' and exists (
               select 1 from executions e where e.proposal_id = old.id and e.status = 'unknown') then
            raise exception 'proposal %: an earlier attempt may have gone out; retry, confirm or close it',
                old.id using errcode = 'EX002';
        end if;
        -- A retry after `unknown` keeps its number, hence its idempotency key.
        if new.status = 'approved' and old.status <> 'unknown' then
            new.approval_no := old.approval_no + 1;
        end if;
    elsif old.status not in ('pending', 'failed') and shown_changed then
        raise exception 'proposal %: nothing that was decided on may change (status %)', old.id, old.status
            using errcode = 'EX003';
    end if;
    return new;
end $$;

create trigger proposal_guard before insert or update on action_proposals
    for each row execute function proposal_guard();
alter table action_proposals enable always trigger proposal_guard;

create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: %', tg_op, tg_table_name, tg_argv[0] using errcode = 'EX005';
end $$;

create trigger proposals_stay before delete or truncate on action_proposals
    for each statement execute function refuse('proposals cannot be deleted');
alter table action_proposals enable always trigger proposals_stay;
create trigger executions_stay before delete or truncate on executions
    for each statement execute function refuse('executions cannot be deleted');
alter table executions enable always trigger executions_stay;
create trigger operators_stay before delete or truncate on operators
    for each statement execute function refuse('revoke an operator instead');
alter table operators enable always trigger operators_stay;
create trigger audit_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse('the audit log is append-only');
alter table audit_log enable always trigger audit_append_only;

-- The text of every version, by who wrote it.
create function proposal_version_kept() returns trigger language plpgsql as $$
begin
    insert into proposal_versions
        (proposal_id, org_id, version, author, title, reasoning, payload, payload_sha256)
    values (new.id, new.org_id, new.version,
            case when new.last_actor ->> 'type' = 'user' then 'operator:' || (new.last_actor ->> 'id')
                 else coalesce(new.drafted_by ->> 'author', 'rules') end,
            new.title, new.reasoning, new.payload, new.payload_sha256);
    return null;
end $$;
create trigger proposal_inserted_version after insert on action_proposals
    for each row execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_inserted_version;
create trigger proposal_updated_version after update on action_proposals
    for each row when (old.version <> new.version) execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_updated_version;

create function execution_guard() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
    approval audit_log;
begin
    new.last_actor := execops_actor();
    if tg_op = 'UPDATE' then
        if (new.id, new.org_id, new.proposal_id, new.attempt, new.idempotency_key, new.started_at)
           is distinct from
           (old.id, old.org_id, old.proposal_id, old.attempt, old.idempotency_key, old.started_at) then
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
    select * into proposal from action_proposals p where p.id = new.proposal_id for no key update;
    if proposal.status is null or proposal.status not in ('approved', 'executing') then
        raise exception 'no execution for proposal %: it is %, not approved', new.proposal_id,
            coalesce(proposal.status, 'missing') using errcode = 'EX006';
    end if;
    select * into approval from audit_log a
        where a.proposal_id = new.proposal_id and a.to_status = 'approved' and a.action = 'proposal.approved'
        order by a.seq desc limit 1;
    if approval.id is null or approval.actor_type <> 'user'
       or approval.version <> proposal.version
       or approval.payload_sha256 <> proposal.payload_sha256
       or proposal.payload_sha256 <> encode(sha256(convert_to(proposal.payload::text, 'UTF8')), 'hex') then
        raise exception 'no execution for proposal %: no person approved exactly this payload', new.proposal_id
            using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger execution_guard before insert or update on executions
    for each row execute function execution_guard();
alter table executions enable always trigger execution_guard;

-- The audit chain. Rows are written only by the triggers below, at commit (deferred), so that the chain's
-- lock is taken last and held shortly.
create function audit_canonical(a audit_log) returns text language sql immutable as $$
    select jsonb_build_array(
        a.org_id, a.seq, a.actor_type, a.actor_id, a.action, a.proposal_id, a.from_status, a.to_status,
        a.version, a.payload_sha256, to_char(a.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        a.metadata_json)::text
$$;

create function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
begin
    if pg_trigger_depth() < 2 then
        raise exception 'audit rows are written by the database, not by hand' using errcode = 'EX005';
    end if;
    perform pg_advisory_xact_lock(7305, hashtext(new.org_id));
    select a.seq, a.hash into head from audit_log a where a.org_id = new.org_id order by a.seq desc limit 1;
    new.seq := coalesce(head.seq, 0) + 1;
    new.prev_hash := coalesce(head.hash, repeat('0', 64));
    new.ts := clock_timestamp();
    new.hash := encode(sha256(convert_to(new.prev_hash || audit_canonical(new), 'UTF8')), 'hex');
    return new;
end $$;
create trigger audit_chain before insert on audit_log for each row execute function audit_chain();
alter table audit_log enable always trigger audit_chain;

create function audit_write(org text, actor jsonb, action text, proposal bigint, from_status text,
                            to_status text, version integer, payload_sha256 text, extra jsonb)
returns void language sql as $$
    insert into audit_log (org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status,
                           version, payload_sha256, ts, metadata_json, prev_hash, hash)
    values (org, 1, actor ->> 'type', actor ->> 'id', action, proposal, from_status, to_status,
            version, payload_sha256, now(), extra || (actor -> 'metadata'), '', '')
$$;

create function proposal_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        case when tg_op = 'INSERT' then 'proposal.drafted'
             when new.status = old.status then 'proposal.changed'
             when old.status = 'approved' and new.status = 'pending' then 'proposal.undone'
             when old.status = 'failed' and new.status = 'pending' then 'proposal.reopened'
             else 'proposal.' || new.status end,
        new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.version, new.payload_sha256,
        case when new.outcome is not null and (tg_op = 'INSERT' or new.outcome is distinct from old.outcome)
             then jsonb_build_object('outcome', new.outcome) else '{}'::jsonb end);
    return null;
end $$;
create constraint trigger proposal_inserted_audit after insert on action_proposals
    deferrable initially deferred for each row execute function proposal_audited();
alter table action_proposals enable always trigger proposal_inserted_audit;
create constraint trigger proposal_updated_audit after update on action_proposals
    deferrable initially deferred for each row
    when (old.status <> new.status or old.version <> new.version
          or old.newer_draft is distinct from new.newer_draft)
    execute function proposal_audited();
alter table action_proposals enable always trigger proposal_updated_audit;

create function execution_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'execution.' || case when tg_op = 'INSERT' then 'started' else new.status end, new.proposal_id,
        case when tg_op = 'UPDATE' then old.status end, new.status, null, null,
        jsonb_strip_nulls(jsonb_build_object(
            'execution', new.id, 'attempt', new.attempt, 'idempotency_key', new.idempotency_key,
            'error', new.error)));
    return null;
end $$;
create constraint trigger execution_audit after insert or update on executions
    deferrable initially deferred for each row execute function execution_audited();
alter table executions enable always trigger execution_audit;

-- Operators, policies and suppressions: every change has an actor and an audit row.
create function setting_guard() returns trigger language plpgsql as $$
begin
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger policy_guard before insert or update on policies
    for each row execute function setting_guard();
alter table policies enable always trigger policy_guard;
create trigger suppression_guard before insert or update on suppressions
    for each row execute function setting_guard();
alter table suppressions enable always trigger suppression_guard;

create function policy_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'policy.' || case when new.allowed then 'allowed' else 'forbidden' end, null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('kind', new.kind, 'name', new.name, 'why', new.why)));
    return null;
end $$;
create constraint trigger policy_audit after insert or update on policies
    deferrable initially deferred for each row execute function policy_audited();
alter table policies enable always trigger policy_audit;

create function suppression_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(coalesce(new.org_id, old.org_id),
        case when tg_op = 'DELETE' then execops_actor() else new.last_actor end,
        case when tg_op = 'DELETE' then 'suppression.removed' else 'suppression.added' end,
        null, null, null, null, null,
        jsonb_build_object('subject', coalesce(new.subject_key, old.subject_key)));
    return null;
end $$;
create constraint trigger suppression_audit after insert or update or delete on suppressions
    deferrable initially deferred for each row execute function suppression_audited();
alter table suppressions enable always trigger suppression_audit;

create function operator_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, execops_actor(),
        'operator.' || case when tg_op = 'INSERT' then 'added'
                            when new.disabled_at is not null and old.disabled_at is null then 'revoked'
                            else 'changed' end,
        null, null, null, null, null,
        jsonb_build_object('operator', new.id, 'name', new.name, 'role', new.role));
    return null;
end $$;
create constraint trigger operator_audit after insert or update on operators
    deferrable initially deferred for each row execute function operator_audited();
alter table operators enable always trigger operator_audit;

-- Wake whoever watches: the inbox on proposals, a waiting request on events.
create function proposal_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_proposals', jsonb_build_object(
        'org', new.org_id, 'id', new.id, 'status', new.status, 'version', new.version)::text);
    return null;
end $$;
create trigger proposal_notify after insert or update on action_proposals
    for each row execute function proposal_notify();

create function event_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_events', new.id::text);
    return null;
end $$;
create trigger event_notify after update of status on events
    for each row when (old.status = 'received' and new.status <> 'received')
    execute function event_notify();
