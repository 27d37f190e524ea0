-- Notifications: each message that tells an operator, who switched that on, of a proposal that waits.
--
-- One a proposal and operator, and one reminder a proposal. `waiting` was not posted; `sending` may be posted, so it is
-- looked for before it is posted again; `dropped` was no longer called for; nobody knows whether `unsure` arrived.
-- `shown` is the status of the proposal that the message shows now.
create table notifications (
    id              bigint generated always as identity primary key,
    org_id          text not null default 'default',
    proposal_id     bigint not null references action_proposals,
    operator_id     bigint not null references operators,
    reminder        boolean not null default false,
    member          text not null,
    idempotency_key text not null,
    status          text not null default 'waiting'
                    check (status in ('waiting', 'sending', 'sent', 'unsure', 'failed', 'dropped')),
    body            text not null default '',
    result_json     jsonb,
    error           text,
    shown           text not null default 'pending',
    created_at      timestamptz not null default now(),
    last_actor      jsonb not null,
    unique (org_id, proposal_id, operator_id, reminder)
);
create unique index notifications_one_reminder on notifications (org_id, proposal_id) where reminder;
create trigger notifications_stay before delete or truncate on notifications
    for each statement execute function refuse('they say who was told');
alter table notifications enable always trigger notifications_stay;

-- May this operator be told of this proposal now, in Slack as this member?
create function execops_may_tell(org text, proposal bigint, operator bigint, told_as text) returns boolean
language sql stable as $$
    select exists (
        select 1 from notification_consents c
        join operators o on o.id = c.operator_id and o.org_id = c.org_id
        join action_proposals p on p.org_id = c.org_id
        where c.org_id = org and c.operator_id = operator and c.allowed and c.member = told_as
          and o.disabled_at is null and o.role in ('founder', 'ops')
          and p.id = proposal and p.status = 'pending' and p.expires_at > now()
          and p.urgency in ('critical', 'high'))
$$;

create function notification_guard() returns trigger language plpgsql as $$
begin
    new.last_actor := execops_actor();
    if tg_op = 'UPDATE' then
        if (new.id, new.org_id, new.proposal_id, new.operator_id, new.reminder, new.member, new.idempotency_key,
            new.created_at)
           is distinct from
           (old.id, old.org_id, old.proposal_id, old.operator_id, old.reminder, old.member, old.idempotency_key,
            old.created_at) then
            raise exception 'notification %: whom it tells of what never changes', old.id using errcode = 'EX003';
        end if;
        if new.status <> old.status and old.status not in ('waiting', 'sending') then
            raise exception 'notification %: % is final', old.id, old.status using errcode = 'EX002';
        end if;
        if new.body <> old.body and not (old.status = 'waiting' and new.status = 'sending') then
            raise exception 'notification %: its words are written before it is sent', old.id using errcode = 'EX003';
        end if;
    elsif new.status <> 'waiting' then
        raise exception 'a notification begins as waiting, not %', new.status using errcode = 'EX002';
    end if;
    if (tg_op = 'INSERT' or new.status = 'sending' and old.status = 'waiting')
       and not execops_may_tell(new.org_id, new.proposal_id, new.operator_id, new.member) then
        raise exception 'operator % is not told of proposal %: no consent that is on, or nothing urgent that waits',
            new.operator_id, new.proposal_id using errcode = 'EX004';
    end if;
    return new;
end $$;
create trigger notification_guard before insert or update on notifications
    for each row execute function notification_guard();
alter table notifications enable always trigger notification_guard;

create function notification_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'notification.' || new.status, new.proposal_id, null, null, null,
                        null, jsonb_build_object('operator', new.operator_id, 'reminder', new.reminder));
    return null;
end $$;
create constraint trigger notification_audit after update on notifications
    deferrable initially deferred for each row
    when (old.status <> new.status and new.status in ('sent', 'unsure', 'failed'))
    execute function notification_audited();
alter table notifications enable always trigger notification_audit;

do $$
begin
    execute format('alter function notification_guard() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('alter function notification_audited() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
