-- Recovered money, and what the precision of the plays is counted from.

-- An invoice paid within thirty days after an executed action about it: credited once, to the last such action.
-- A row is never taken back; it moves only to an action that turns out to have been executed later.
create table recoveries (
    id           bigint generated always as identity primary key,
    org_id       text not null default 'default',
    object_id    text not null,
    proposal_id  bigint not null references action_proposals,
    amount_minor bigint not null check (amount_minor > 0),
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    paid_at      timestamptz not null,
    executed_at  timestamptz not null,
    event_id     bigint references events,
    credited_at  timestamptz not null default now(),
    last_actor   jsonb not null,
    unique (org_id, object_id),
    check (paid_at - executed_at between interval '0' and interval '30 days')
);
create index recoveries_by_time on recoveries (org_id, paid_at);
create index recoveries_by_proposal on recoveries (proposal_id);
create index action_proposals_executed on action_proposals (org_id, object_id) where status = 'executed';
create index transactions_invoice_paid on transactions (org_id, external_id) where kind = 'invoice_paid';

create function recovery_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (
        (new.id, new.org_id, new.object_id, new.amount_minor, new.currency, new.paid_at, new.event_id,
         new.credited_at)
        is distinct from
        (old.id, old.org_id, old.object_id, old.amount_minor, old.currency, old.paid_at, old.event_id,
         old.credited_at)
        or (new.executed_at, new.proposal_id) <= (old.executed_at, old.proposal_id)) then
        raise exception 'recovery %: it moves only to a later action', old.id using errcode = 'EX003';
    end if;
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger recovery_guard before insert or update on recoveries
    for each row execute function recovery_guard();
alter table recoveries enable always trigger recovery_guard;
create trigger recoveries_stay before delete or truncate on recoveries
    for each statement execute function refuse('what was credited stays credited');
alter table recoveries enable always trigger recoveries_stay;

create function recovery_audited() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
begin
    if tg_op = 'UPDATE' then
        select * into proposal from action_proposals p where p.id = old.proposal_id;
        perform audit_write(old.org_id, new.last_actor, 'recovery.moved', proposal.id, null, null,
            proposal.version, proposal.payload_sha256,
            jsonb_build_object('reason', 'a later action came before the payment', 'object_id', old.object_id,
                               'to', new.proposal_id));
    end if;
    select * into proposal from action_proposals p where p.id = new.proposal_id;
    perform audit_write(new.org_id, new.last_actor, 'recovery.credited', proposal.id, null, null,
        proposal.version, proposal.payload_sha256,
        jsonb_build_object('reason', 'paid after an action', 'object_id', new.object_id,
                           'amount_minor', new.amount_minor, 'currency', new.currency,
                           'paid_at', to_char(new.paid_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
    return null;
end $$;
create constraint trigger recovery_audit after insert or update on recoveries
    deferrable initially deferred for each row execute function recovery_audited();
alter table recoveries enable always trigger recovery_audit;

-- As in 0002_guards.sql, with recovery_audited() among those who may write.
create or replace function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
    stack text;
begin
    get diagnostics stack = pg_context;
    if pg_trigger_depth() < 2
       or stack !~ ' (proposal|version|execution|operator|policy|suppression|recovery)_audited\(\) '
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

-- What a person finally made of each proposal: precision is counted from these. An approval taken back (undone,
-- or reopened to edit) leaves; a retry, and giving up a failed action, are about the execution, not the draft.
create table verdicts (
    proposal_id bigint primary key references action_proposals,
    org_id      text not null default 'default',
    play        text not null,
    action_type text not null,
    approved    boolean not null,
    edited      boolean not null,
    decided_at  timestamptz not null default now()
);
create index verdicts_by_play on verdicts (org_id, play, decided_at desc, proposal_id desc);

create function proposal_verdict() returns trigger language plpgsql as $$
begin
    if new.status = 'pending' then
        delete from verdicts v where v.proposal_id = new.id;
    elsif new.status in ('approved', 'rejected') then
        insert into verdicts (proposal_id, org_id, play, action_type, approved, edited)
        values (new.id, new.org_id, new.play, new.action_type, new.status = 'approved', new.edited);
    end if;
    return null;
end $$;
create trigger proposal_verdict after update on action_proposals
    for each row when (old.status <> new.status and 'pending' in (old.status, new.status))
    execute function proposal_verdict();
alter table action_proposals enable always trigger proposal_verdict;

insert into verdicts (proposal_id, org_id, play, action_type, approved, edited, decided_at)
select p.id, p.org_id, p.play, p.action_type, latest.to_status = 'approved', p.edited, latest.ts
from action_proposals p
join lateral (select a.to_status, a.ts from audit_log a
              where a.proposal_id = p.id and a.from_status <> a.to_status
                and 'pending' in (a.from_status, a.to_status)
              order by a.seq desc limit 1) latest on latest.to_status in ('approved', 'rejected');

-- Pinned to the schema they were made in, temporary tables last: as in 0002_guards.sql.
do $$
declare
    made text;
begin
    foreach made in array array['audit_chain()', 'recovery_guard()', 'recovery_audited()', 'proposal_verdict()'] loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', made, current_schema());
    end loop;
end $$;
