-- The guard of proposals: which transitions are allowed, who may make them, what may still change.
create function execops_transition_allowed(from_status text, to_status text) returns boolean
language sql immutable as $$
    select (from_status, to_status) in (
        ('pending', 'approved'), ('pending', 'rejected'), ('pending', 'superseded'), ('pending', 'expired'),
        ('approved', 'executing'), ('approved', 'pending'), ('approved', 'superseded'), ('approved', 'failed'),
        ('approved', 'unknown'),
        ('executing', 'executed'), ('executing', 'failed'), ('executing', 'unknown'), ('executing', 'pending'),
        ('failed', 'pending'), ('failed', 'superseded'), ('failed', 'approved'), ('failed', 'executed'),
        ('failed', 'rejected'),
        ('unknown', 'approved'), ('unknown', 'executed'), ('unknown', 'rejected'))
$$;

-- Transitions that are decisions: only a person who decides may make them. The system makes every other one, and it may
-- ask again about what was approved, for nothing is performed by that.
create function execops_transition_is_decision(from_status text, to_status text) returns boolean
language sql immutable as $$
    select to_status in ('approved', 'rejected', 'pending')
        or (from_status in ('failed', 'unknown') and to_status = 'executed')
$$;

-- The hash of exactly this payload, as text: 1 and 1.0 differ.
create function execops_payload_sha256(payload jsonb) returns text language sql immutable as $$
    select encode(sha256(convert_to(payload::text, 'UTF8')), 'hex')
$$;

-- The database sets version, hash and approval number: they follow from the change.
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
        new.again_after := null;
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
        or (new.title, new.urgency, new.verdict, new.reasoning, new.evidence, new.amount_minor, new.currency,
            new.language, new.translation)
           is distinct from
           (old.title, old.urgency, old.verdict, old.reasoning, old.evidence, old.amount_minor, old.currency,
            old.language, old.translation);
    if payload_changed and not (new.status = 'pending' and old.status in ('pending', 'failed')) then
        raise exception 'proposal %: the payload cannot change once approved (% -> %)', old.id, old.status,
            new.status using errcode = 'EX003';
    end if;
    if not (old.status in ('pending', 'failed') and new.status in ('pending', 'failed'))
       and (shown_changed
            or (new.covers, new.drafted_by, new.edited, new.newer_draft)
               is distinct from (old.covers, old.drafted_by, old.edited, old.newer_draft)
            or (new.status <> 'pending' and new.expires_at <> old.expires_at)) then
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
       and not (actor ->> 'type' = 'system' and new.status = 'pending' and old.status in ('approved', 'executing'))
       and not execops_decides(actor, old.org_id) then
        raise exception 'proposal %: % -> % needs an enabled operator whose role decides', old.id,
            old.status, new.status using errcode = 'EX004';
    end if;
    if moved and old.status = 'pending' and new.status = 'approved'
       and old.expires_at <= clock_timestamp() then
        raise exception 'proposal %: it expired at %', old.id, old.expires_at using errcode = 'EX002';
    end if;
    -- An action that may have gone out keeps its version and approval number, hence its idempotency key, and only a
    -- person ends it.
    if old.status in ('approved', 'executing', 'failed') and (moved or shown_changed) then
        may_be_out := execops_may_be_out(old.id);
    end if;
    if may_be_out and (shown_changed or (moved and new.status in ('pending', 'failed', 'superseded'))) then
        raise exception 'proposal %: an earlier attempt may have gone out; retry, confirm or close it', old.id
            using errcode = 'EX002';
    end if;
    if moved and old.status = 'approved' and new.status = 'unknown' and not may_be_out then
        raise exception 'proposal %: approved -> unknown is not allowed: no attempt may have gone out', old.id
            using errcode = 'EX002';
    end if;
    if moved and new.status = 'approved' and old.status <> 'unknown' and not may_be_out then
        new.approval_no := old.approval_no + 1;
    end if;

    if moved and new.status = 'pending' then
        new.decided_at := null;
        new.decided_by := null;
        new.again_after := null;
    elsif moved and execops_transition_is_decision(old.status, new.status) then
        new.decided_by := (actor ->> 'id')::bigint;
        if new.decided_at is not distinct from old.decided_at then
            new.decided_at := now();
        end if;
    elsif (new.decided_at, new.decided_by) is distinct from (old.decided_at, old.decided_by) then
        raise exception 'proposal %: who decided, and when, is written with the decision', old.id
            using errcode = 'EX003';
    end if;
    if new.again_after is distinct from old.again_after and not (moved and new.status in ('approved', 'pending')) then
        raise exception 'proposal %: the answer about other messages is written with the approval', old.id
            using errcode = 'EX003';
    end if;
    return new;
end $$;
create trigger proposal_guard before insert or update on action_proposals
    for each row execute function proposal_guard();
alter table action_proposals enable always trigger proposal_guard;
