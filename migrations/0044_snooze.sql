-- Snooze: a pending proposal is out of sight until an event about it arrives, until its next attempt, or until a date.
-- `snoozed_until` is the moment at which it is back at the latest, so no job has to wake it: the view computes the status.
-- The four columns are all set, or all empty.

alter table action_proposals
    add column snoozed_for   text check (snoozed_for in ('event', 'attempt', 'date')),
    add column snoozed_until timestamptz,
    add column snoozed_at    timestamptz,
    add column snoozed_by    bigint references operators,
    add check ((snoozed_for is null) = (snoozed_until is null) and (snoozed_for is null) = (snoozed_at is null)
               and (snoozed_for is null) = (snoozed_by is null)),
    add check (snoozed_at is null or status = 'pending');
create index action_proposals_snoozed on action_proposals (org_id, subject_key) where snoozed_at is not null;

-- The status that every reader sees: a pending proposal past its time is expired, and one that is snoozed waits for no
-- decision, even where no row says so.
create or replace view proposals_effective as
select p.id, p.org_id, p.status, p.urgency, p.vertical, p.play, p.action_type, p.title, p.object_id, p.subject_key,
       p.covers, p.payload, p.payload_sha256, p.version, p.approval_no, p.verdict, p.reasoning, p.evidence, p.language,
       p.translation, p.drafted_by, p.edited, p.newer_draft, p.amount_minor, p.currency, p.dedupe_key, p.thread_id,
       p.created_at, p.decided_at, p.decided_by, p.again_after, p.expires_at, p.outcome, p.last_actor,
       case when p.status = 'pending' and p.expires_at <= now() then 'expired'
            when p.status = 'pending' and p.snoozed_until > now() then 'snoozed'
            else p.status end as effective_status,
       p.due_at, p.snoozed_for, p.snoozed_until, p.snoozed_at, p.snoozed_by
from action_proposals p;

-- An operator who decides snoozes, in their own name. Everybody may bring a proposal back. A decision ends the
-- snooze, and so does a draft that is more urgent, or expires before the proposal would be back.
create function snooze_guard() returns trigger language plpgsql as $$
declare
    actor jsonb := execops_actor();
    urgencies text[] := array['critical', 'high', 'medium', 'low'];
begin
    if new.status <> 'pending'
       or (old.snoozed_at is not null and new.snoozed_at is not distinct from old.snoozed_at
           and (array_position(urgencies, new.urgency) < array_position(urgencies, old.urgency)
                or new.expires_at < old.snoozed_until)) then
        new.snoozed_for := null;
        new.snoozed_until := null;
        new.snoozed_at := null;
        new.snoozed_by := null;
        return new;
    end if;
    if (new.snoozed_for, new.snoozed_until, new.snoozed_at, new.snoozed_by)
       is not distinct from (old.snoozed_for, old.snoozed_until, old.snoozed_at, old.snoozed_by)
       or (new.snoozed_at is null and new.snoozed_until is null) then
        return new;
    end if;
    if old.status <> 'pending' or old.expires_at <= clock_timestamp() then
        raise exception 'proposal %: it waits for no decision, so it cannot be snoozed', old.id using errcode = 'EX002';
    end if;
    if not execops_decides(actor, old.org_id) then
        raise exception 'proposal %: snoozing needs an enabled operator whose role decides', old.id
            using errcode = 'EX004';
    end if;
    if new.snoozed_until <= now() or new.snoozed_until > new.expires_at then
        raise exception 'proposal %: it is snoozed until a moment before it expires at %', old.id, new.expires_at
            using errcode = 'EX002';
    end if;
    new.snoozed_at := now();
    new.snoozed_by := (actor ->> 'id')::bigint;
    return new;
end $$;
create trigger snooze_guard before update on action_proposals
    for each row when (old.snoozed_at is not null or new.snoozed_at is not null or new.snoozed_until is not null)
    execute function snooze_guard();
alter table action_proposals enable always trigger snooze_guard;

-- The audit row of a proposal, which now tells too why it went out of sight, and why it came back.
create or replace function proposal_audited() returns trigger language plpgsql as $$
declare
    facts jsonb := '{}';
    changed jsonb;
    verb text;
begin
    if new.outcome is not null and (tg_op = 'INSERT' or new.outcome is distinct from old.outcome) then
        facts := jsonb_build_object('outcome', new.outcome);
    end if;
    if tg_op = 'UPDATE' and new.status = 'approved' and old.status <> 'approved' and new.again_after is not null then
        facts := facts || jsonb_build_object('again_after', new.again_after);
    end if;
    if tg_op = 'UPDATE' and new.status = old.status then
        select jsonb_agg(n.key order by n.key) into changed from jsonb_each(to_jsonb(new)) n
        where n.value is distinct from to_jsonb(old) -> n.key
          and n.key not in ('last_actor', 'version', 'payload_sha256')
          and not starts_with(n.key, 'snoozed_');
        if new.snoozed_at is distinct from old.snoozed_at then
            verb := case when new.snoozed_at is null then 'woken' else 'snoozed' end;
            if new.snoozed_at is not null then
                facts := facts || jsonb_build_object('for', new.snoozed_for, 'until', new.snoozed_until);
            elsif new.urgency <> old.urgency then
                facts := facts || jsonb_build_object('why', 'it is ' || new.urgency || ' now');
            elsif new.expires_at < old.snoozed_until then
                facts := facts || jsonb_build_object('why', 'it expires sooner now');
            end if;
        end if;
        if verb is null or changed is not null then
            facts := facts || jsonb_build_object('changed', changed);
        end if;
    elsif tg_op = 'UPDATE' and old.snoozed_at is not null then
        facts := facts || jsonb_build_object('snoozed_until', old.snoozed_until);
    end if;
    perform audit_write(new.org_id, new.last_actor,
        case when tg_op = 'INSERT' then 'proposal.drafted'
             when verb is not null then 'proposal.' || verb
             when new.status = old.status then 'proposal.changed'
             when new.status = 'pending' and new.last_actor ->> 'type' = 'system' then 'proposal.returned'
             when old.status in ('approved', 'rejected', 'superseded') and new.status = 'pending' then 'proposal.undone'
             when old.status = 'failed' and new.status = 'pending' then 'proposal.reopened'
             else 'proposal.' || new.status end,
        new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.version, new.payload_sha256,
        facts);
    return null;
end $$;

-- To replace a function takes its pinned path, and the owner's right to write the trail: see 0038_writers.sql.
do $$
begin
    execute format('alter function snooze_guard() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('alter function proposal_audited() security definer set search_path = pg_catalog, %I, pg_temp',
                   current_schema());
end $$;
