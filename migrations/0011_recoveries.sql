-- Recoveries: an invoice that was paid within thirty days after an executed action about it. It is credited once, to
-- the last such action, with the amount that was open when the action was executed. A row is never taken back; it moves
-- only to an action that was executed later. A later action, or a late event, may show another amount to have been open:
-- corrected_minor then counts.
create table recoveries (
    id           bigint generated always as identity primary key,
    org_id       text not null default 'default',
    object_id    text not null,
    proposal_id  bigint not null references action_proposals,
    amount_minor bigint not null check (amount_minor > 0),
    corrected_minor bigint check (corrected_minor > 0),
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
create trigger recoveries_stay before delete or truncate on recoveries
    for each statement execute function refuse('what was credited stays credited');
alter table recoveries enable always trigger recoveries_stay;

create function recovery_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (
        (new.id, new.org_id, new.object_id, new.amount_minor, new.currency, new.paid_at, new.event_id,
         new.credited_at)
        is distinct from
        (old.id, old.org_id, old.object_id, old.amount_minor, old.currency, old.paid_at, old.event_id,
         old.credited_at)
        or (new.executed_at, new.proposal_id) < (old.executed_at, old.proposal_id)
        or ((new.executed_at, new.proposal_id) = (old.executed_at, old.proposal_id)
            and new.corrected_minor is not distinct from old.corrected_minor)) then
        raise exception 'recovery %: it moves only to a later action', old.id using errcode = 'EX003';
    end if;
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger recovery_guard before insert or update on recoveries
    for each row execute function recovery_guard();
alter table recoveries enable always trigger recovery_guard;

create function recovery_audited() returns trigger language plpgsql as $$
declare
    proposal action_proposals;
begin
    if tg_op = 'UPDATE' and new.proposal_id = old.proposal_id then
        select * into proposal from action_proposals p where p.id = new.proposal_id;
        perform audit_write(new.org_id, new.last_actor, 'recovery.corrected', proposal.id, null, null,
            proposal.version, proposal.payload_sha256,
            jsonb_build_object('reason', 'a late event shows what was open', 'object_id', new.object_id,
                               'amount_minor', coalesce(new.corrected_minor, new.amount_minor),
                               'currency', new.currency));
        return null;
    end if;
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
                           'amount_minor', coalesce(new.corrected_minor, new.amount_minor), 'currency', new.currency,
                           'paid_at', to_char(new.paid_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
    return null;
end $$;
create constraint trigger recovery_audit after insert or update on recoveries
    deferrable initially deferred for each row execute function recovery_audited();
alter table recoveries enable always trigger recovery_audit;
