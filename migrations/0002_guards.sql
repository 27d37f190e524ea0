-- What the database itself refuses, so that nobody goes round it by accident, and the audit chain.
-- Guards are ENABLE ALWAYS: session_replication_role = replica does not switch them off. They look at tables
-- through a search_path of their own (the end of this file), so that a temporary table called audit_log or
-- operators does not take the place of ours.
--
-- SQLSTATEs: EX001 no actor, EX002 not in this state, EX003 this never changes, EX004 the role does not decide,
-- EX005 append-only or kept, EX006 nobody approved this execution.

-- Who acts, from the transaction's settings. A setting that was once local reads '' afterwards, hence nullif.
create function execops_actor() returns jsonb language plpgsql as $$
declare
    actor_type text := nullif(current_setting('execops.actor_type', true), '');
    actor_id   text := nullif(current_setting('execops.actor_id', true), '');
    metadata   jsonb;
begin
    if actor_type is null or actor_id is null then
        raise exception 'no actor: set execops.actor_type and execops.actor_id for this transaction'
            using errcode = 'EX001';
    end if;
    if actor_type not in ('system', 'user') then
        raise exception 'unknown actor type %', actor_type using errcode = 'EX001';
    end if;
    metadata := coalesce(nullif(current_setting('execops.metadata', true), ''), '{}');
    if jsonb_typeof(metadata) <> 'object' then
        raise exception 'execops.metadata is a JSON %, not an object', jsonb_typeof(metadata)
            using errcode = 'EX001';
    end if;
    return jsonb_build_object('type', actor_type, 'id', actor_id, 'metadata', metadata);
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

create function execops_payload_sha256(payload jsonb) returns text language sql immutable as $$
    select encode(sha256(convert_to(payload::text, 'UTF8')), 'hex')
$$;

-- Did the last attempt perhaps go out, without anybody knowing yet?
create function execops_last_attempt_open(proposal bigint) returns boolean language sql stable as $$
    select coalesce((select e.status in ('running', 'unknown') from executions e
                     where e.proposal_id = proposal order by e.id desc limit 1), false)
$$;

create function proposal_guard() returns trigger language plpgsql as $$
declare
    actor jsonb := execops_actor();
    moved boolean;
    payload_changed boolean;
    shown_changed boolean;
    may_be_out boolean := false;
begin
    if tg_op = 'INSERT' then
        if new.status <> 'pending' then
            raise exception 'a proposal begins as pending, not %', new.status using errcode = 'EX002';
        end if;
        new.payload_sha256 := execops_payload_sha256(new.payload);
        new.version := 1;
        new.approval_no := 0;
        new.decided_at := null;
        new.decided_by := null;
        new.last_actor := actor;
        return new;
    end if;

    if (new.id, new.org_id, new.vertical, new.play, new.action_type, new.object_id, new.subject_key,
        new.dedupe_key, new.thread_id, new.created_at)
       is distinct from
       (old.id, old.org_id, old.vertical, old.play, old.action_type, old.object_id, old.subject_key,
        old.dedupe_key, old.thread_id, old.created_at) then
        raise exception 'proposal %: what it is about, and its action type, never change', old.id
            using errcode = 'EX003';
    end if;
    if (new.payload_sha256, new.approval_no) is distinct from (old.payload_sha256, old.approval_no) then
        raise exception 'proposal %: hash and approval number are set by the database', old.id
            using errcode = 'EX003';
    end if;
    new.last_actor := old.last_actor;
    if new is not distinct from old and new.payload::text = old.payload::text then
        return new;
    end if;
    new.last_actor := actor;

    -- Equal as jsonb is not enough: 1 and 1.0 have different hashes.
    moved := new.status <> old.status;
    payload_changed := new.payload::text <> old.payload::text;
    shown_changed := payload_changed
        or (new.title, new.urgency, new.reasoning, new.evidence, new.amount_minor, new.currency)
           is distinct from
           (old.title, old.urgency, old.reasoning, old.evidence, old.amount_minor, old.currency);
    if payload_changed and not (new.status = 'pending' and old.status in ('pending', 'failed')) then
        raise exception 'proposal %: the payload cannot change once approved (% -> %)', old.id, old.status,
            new.status using errcode = 'EX003';
    end if;
    if not (old.status in ('pending', 'failed') and new.status in ('pending', 'failed'))
       and (shown_changed
            or (new.drafted_by, new.edited, new.newer_draft, new.expires_at)
               is distinct from (old.drafted_by, old.edited, old.newer_draft, old.expires_at)) then
        raise exception 'proposal %: nothing that is decided on may change (% -> %)', old.id, old.status,
            new.status using errcode = 'EX003';
    end if;
    if new.version <> old.version and not (shown_changed and new.version = old.version + 1) then
        raise exception 'proposal %: the version follows the content, it is not set by hand', old.id
            using errcode = 'EX003';
    end if;
    new.version := old.version + shown_changed::int;
    new.payload_sha256 := execops_payload_sha256(new.payload);

    if moved and not execops_transition_allowed(old.status, new.status) then
        raise exception 'proposal %: % -> % is not allowed', old.id, old.status, new.status
            using errcode = 'EX002';
    end if;
    if moved and execops_transition_is_decision(old.status, new.status)
       and not execops_decides(actor, old.org_id) then
        raise exception 'proposal %: % -> % needs an enabled operator whose role decides', old.id,
            old.status, new.status using errcode = 'EX004';
    end if;
    if moved and old.status = 'pending' and new.status = 'approved'
       and old.expires_at <= clock_timestamp() then
        raise exception 'proposal %: it expired at %', old.id, old.expires_at using errcode = 'EX002';
    end if;
    -- What may have gone out keeps version and approval number, hence its idempotency key.
    if old.status in ('approved', 'failed') then
        may_be_out := execops_last_attempt_open(old.id);
    end if;
    if may_be_out and (shown_changed or new.status = 'pending') then
        raise exception 'proposal %: an earlier attempt may have gone out; retry, confirm or close it', old.id
            using errcode = 'EX002';
    end if;
    if moved and new.status = 'approved' and old.status <> 'unknown' and not may_be_out then
        new.approval_no := old.approval_no + 1;
    end if;

    if moved and new.status = 'pending' then
        new.decided_at := null;
        new.decided_by := null;
    elsif moved and execops_transition_is_decision(old.status, new.status) then
        new.decided_by := (actor ->> 'id')::bigint;
        if new.decided_at is not distinct from old.decided_at then
            new.decided_at := now();
        end if;
    elsif (new.decided_at, new.decided_by) is distinct from (old.decided_at, old.decided_by) then
        raise exception 'proposal %: who decided, and when, is written with the decision', old.id
            using errcode = 'EX003';
    end if;
    return new;
end $$;

create trigger proposal_guard before insert or update on action_proposals
    for each row execute function proposal_guard();
alter table action_proposals enable always trigger proposal_guard;

-- FOR EACH STATEMENT: a TRUNCATE that cascades from another table is refused too.
create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: %', tg_op, tg_table_name, tg_argv[0] using errcode = 'EX005';
end $$;

create trigger proposals_stay before delete or truncate on action_proposals
    for each statement execute function refuse('proposals cannot be deleted');
alter table action_proposals enable always trigger proposals_stay;
create trigger versions_stay before delete or truncate on proposal_versions
    for each statement execute function refuse('blank the texts instead');
alter table proposal_versions enable always trigger versions_stay;
create trigger executions_stay before delete or truncate on executions
    for each statement execute function refuse('executions cannot be deleted');
alter table executions enable always trigger executions_stay;
create trigger operators_stay before delete or truncate on operators
    for each statement execute function refuse('revoke an operator instead');
alter table operators enable always trigger operators_stay;
create trigger policies_stay before delete or truncate on policies
    for each statement execute function refuse('set it to allowed or not instead');
alter table policies enable always trigger policies_stay;
create trigger suppressions_stay before truncate on suppressions
    for each statement execute function refuse('lift them one by one');
alter table suppressions enable always trigger suppressions_stay;
create trigger audit_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse('the audit log is append-only');
alter table audit_log enable always trigger audit_append_only;

-- The text of every version, by who wrote it. Only this trigger inserts; later the texts may only be blanked.
create function proposal_version_kept() returns trigger language plpgsql as $$
begin
    insert into proposal_versions
        (proposal_id, org_id, version, author, title, reasoning, payload, payload_sha256, last_actor)
    values (new.id, new.org_id, new.version,
            case when new.last_actor ->> 'type' = 'user' then 'operator:' || (new.last_actor ->> 'id')
                 else coalesce(new.drafted_by ->> 'author', 'rules') end,
            new.title, new.reasoning, new.payload, new.payload_sha256, new.last_actor);
    return null;
end $$;
create trigger proposal_inserted_version after insert on action_proposals
    for each row execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_inserted_version;
create trigger proposal_updated_version after update on action_proposals
    for each row when (old.version <> new.version) execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_updated_version;

create function version_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if pg_trigger_depth() < 2 then
            raise exception 'versions are kept by the database, not by hand' using errcode = 'EX005';
        end if;
        return new;
    end if;
    if (new.proposal_id, new.org_id, new.version, new.author, new.payload_sha256, new.created_at)
       is distinct from
       (old.proposal_id, old.org_id, old.version, old.author, old.payload_sha256, old.created_at)
       or new.title not in (old.title, '') or new.reasoning not in (old.reasoning, '')
       or new.payload::text not in (old.payload::text, '{}') then
        raise exception 'version % of proposal %: its texts may be blanked, nothing else', old.version,
            old.proposal_id using errcode = 'EX003';
    end if;
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger version_guard before insert or update on proposal_versions
    for each row execute function version_guard();
alter table proposal_versions enable always trigger version_guard;

create function execution_guard() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
    latest audit_log;
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
    select * into proposal from action_proposals p
        where p.id = new.proposal_id and p.org_id = new.org_id for no key update;
    if proposal.status is null or proposal.status not in ('approved', 'executing') then
        raise exception 'no execution for proposal %: it is %, not approved', new.proposal_id,
            coalesce(proposal.status, 'missing') using errcode = 'EX006';
    end if;
    -- The last change of status that says whether it may be done: an approval, not undone or used up since.
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
    -- The first attempt after an approval begins while it is approved; later ones only after a sure failure.
    if proposal.status = 'executing' and execops_last_attempt_open(proposal.id) then
        raise exception 'no execution for proposal %: the last attempt may have gone out', new.proposal_id
            using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger execution_guard before insert or update on executions
    for each row execute function execution_guard();
alter table executions enable always trigger execution_guard;

-- Operators, policies and suppressions: every change has an actor and an audit row. The arguments name the
-- columns that say which row it is; they never change.
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
create trigger policy_guard before insert or update on policies
    for each row execute function setting_guard('org_id', 'kind', 'name');
alter table policies enable always trigger policy_guard;
create trigger suppression_guard before insert or update on suppressions
    for each row execute function setting_guard('org_id', 'subject_key');
alter table suppressions enable always trigger suppression_guard;

-- A deleted row cannot carry its actor to the end of the transaction; a setting of the transaction does.
create function suppression_lifted() returns trigger language plpgsql as $$
begin
    perform set_config('execops.lifted', (
        coalesce(nullif(current_setting('execops.lifted', true), ''), '{}')::jsonb
        || jsonb_build_object(jsonb_build_array(old.org_id, old.subject_key)::text, execops_actor()))::text, true);
    return old;
end $$;
create trigger suppression_lifted before delete on suppressions
    for each row execute function suppression_lifted();
alter table suppressions enable always trigger suppression_lifted;

-- The audit chain. Rows are written only by the triggers below, at commit (deferred), so that the chain's
-- lock is taken last and held shortly; the actor was captured with the change.
create function audit_canonical(a audit_log) returns text language sql immutable as $$
    select jsonb_build_array(
        a.org_id, a.seq, a.actor_type, a.actor_id, a.action, a.proposal_id, a.from_status, a.to_status,
        a.version, a.payload_sha256, to_char(a.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        a.metadata_json)::text
$$;

create function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
    stack text;
begin
    get diagnostics stack = pg_context;
    if pg_trigger_depth() < 2 or stack !~ ' (proposal|version|execution|operator|policy|suppression)_audited\(\) '
    then
        raise exception 'audit rows are written by the database, not by hand' using errcode = 'EX005';
    end if;
    perform pg_advisory_xact_lock(7305, hashtext(new.org_id));
    -- A statement of its own, so that it sees what was committed while we waited. Where it cannot (REPEATABLE
    -- READ), unique (org_id, prev_hash) refuses the fork.
    select a.seq, a.hash into head from audit_log a where a.org_id = new.org_id order by a.seq desc limit 1;
    new.seq := coalesce(head.seq, 0) + 1;
    new.prev_hash := coalesce(head.hash, repeat('0', 64));
    new.ts := clock_timestamp();
    new.hash := encode(sha256(convert_to(new.prev_hash || audit_canonical(new), 'UTF8')), 'hex');
    return new;
end $$;
create trigger audit_chain before insert on audit_log for each row execute function audit_chain();
alter table audit_log enable always trigger audit_chain;

-- `facts` win over the metadata of the transaction's settings.
create function audit_write(org text, actor jsonb, action text, proposal bigint, from_status text,
                            to_status text, version integer, payload_sha256 text, facts jsonb)
returns void language sql as $$
    insert into audit_log (org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status,
                           version, payload_sha256, ts, metadata_json, prev_hash, hash)
    values (org, 1, actor ->> 'type', actor ->> 'id', action, proposal, from_status, to_status,
            version, payload_sha256, now(), (actor -> 'metadata') || facts, '', '')
$$;

create function proposal_audited() returns trigger language plpgsql as $$
declare
    facts jsonb := '{}';
begin
    if new.outcome is not null and (tg_op = 'INSERT' or new.outcome is distinct from old.outcome) then
        facts := jsonb_build_object('outcome', new.outcome);
    end if;
    if tg_op = 'UPDATE' and new.status = old.status then  -- which columns, never their texts
        facts := facts || jsonb_build_object('changed', (
            select jsonb_agg(n.key order by n.key) from jsonb_each(to_jsonb(new)) n
            where n.value is distinct from to_jsonb(old) -> n.key
              and n.key not in ('last_actor', 'version', 'payload_sha256')));
    end if;
    perform audit_write(new.org_id, new.last_actor,
        case when tg_op = 'INSERT' then 'proposal.drafted'
             when new.status = old.status then 'proposal.changed'
             when old.status = 'approved' and new.status = 'pending' then 'proposal.undone'
             when old.status = 'failed' and new.status = 'pending' then 'proposal.reopened'
             else 'proposal.' || new.status end,
        new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.version, new.payload_sha256,
        facts);
    return null;
end $$;
create constraint trigger proposal_inserted_audit after insert on action_proposals
    deferrable initially deferred for each row execute function proposal_audited();
alter table action_proposals enable always trigger proposal_inserted_audit;
create constraint trigger proposal_updated_audit after update on action_proposals
    deferrable initially deferred for each row
    when (old.version <> new.version or old.* is distinct from new.*) execute function proposal_audited();
alter table action_proposals enable always trigger proposal_updated_audit;

create function version_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'version.blanked', new.proposal_id, null, null, new.version,
                        new.payload_sha256, '{}');
    return null;
end $$;
create constraint trigger version_audit after update on proposal_versions
    deferrable initially deferred for each row execute function version_audited();
alter table proposal_versions enable always trigger version_audit;

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
            'error', new.error)));
    return null;
end $$;
create constraint trigger execution_audit after insert or update on executions
    deferrable initially deferred for each row execute function execution_audited();
alter table executions enable always trigger execution_audit;

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
    if tg_op = 'DELETE' then
        perform audit_write(old.org_id,
            current_setting('execops.lifted')::jsonb -> jsonb_build_array(old.org_id, old.subject_key)::text,
            'suppression.removed', null, null, null, null, null,
            jsonb_build_object('subject', old.subject_key));
    else
        perform audit_write(new.org_id, new.last_actor,
            case when tg_op = 'INSERT' then 'suppression.added' else 'suppression.changed' end,
            null, null, null, null, null, jsonb_build_object('subject', new.subject_key));
    end if;
    return null;
end $$;
create constraint trigger suppression_audit after insert or update or delete on suppressions
    deferrable initially deferred for each row execute function suppression_audited();
alter table suppressions enable always trigger suppression_audit;

create function operator_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'operator.' || case when tg_op = 'INSERT' then 'added'
                            when new.disabled_at is not null and old.disabled_at is null then 'revoked'
                            else 'changed' end,
        null, null, null, null, null,
        jsonb_build_object('operator', new.id, 'name', new.name, 'role', new.role,
                           'enabled', new.disabled_at is null));
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

create function policy_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_policies', jsonb_build_object(
        'org', new.org_id, 'kind', new.kind, 'name', new.name, 'allowed', new.allowed)::text);
    return null;
end $$;
create trigger policy_notify after insert or update on policies
    for each row execute function policy_notify();

-- Pin every function that a trigger calls to the schema it was made in, temporary tables last.
do $$
declare
    made record;
begin
    for made in
        select distinct t.tgfoid::regprocedure as name from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace
          and t.tgfoid::regproc::text not like 'procrastinate%'
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', made.name, current_schema());
    end loop;
end $$;
