-- Consents: the operators who switched notifications on for themselves, and the Slack member whom each of them is.
--
-- A notification is the one thing that leaves without an approval, so the database refuses it without this consent: see
-- 0035_notifications.sql.
create table notification_consents (
    org_id      text not null default 'default',
    operator_id bigint not null references operators,
    allowed     boolean not null,
    member      text not null check (member <> ''),  -- a member's id, @name or mail address
    since       timestamptz not null default now(),  -- of this answer
    last_actor  jsonb not null,
    primary key (org_id, operator_id)
);
create trigger consents_stay before delete or truncate on notification_consents
    for each statement execute function refuse('switch it off instead');
alter table notification_consents enable always trigger consents_stay;
create trigger consent_guard before insert or update on notification_consents
    for each row execute function setting_guard('org_id', 'operator_id');
alter table notification_consents enable always trigger consent_guard;

-- Nobody answers for somebody else. Triggers run in the order of their names, so setting_guard has set the actor.
create function consent_own() returns trigger language plpgsql as $$
begin
    if new.last_actor ->> 'type' <> 'user' or new.last_actor ->> 'id' <> new.operator_id::text
       or not exists (select 1 from operators o
                      where o.id = new.operator_id and o.org_id = new.org_id and o.disabled_at is null) then
        raise exception 'notifications: an enabled operator switches them for themselves only' using errcode = 'EX004';
    end if;
    if new.allowed and not execops_decides(new.last_actor, new.org_id) then
        raise exception 'notifications: only an operator whose role decides is told' using errcode = 'EX004';
    end if;
    new.since := case when tg_op = 'UPDATE' and (new.allowed, new.member) is not distinct from (old.allowed, old.member)
                      then old.since else now() end;
    return new;
end $$;
create trigger consent_own before insert or update on notification_consents
    for each row execute function consent_own();
alter table notification_consents enable always trigger consent_own;

-- The audit log keeps no address: it can never be erased there.
create function consent_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'notifications.' || case when new.allowed then 'allowed' else 'forbidden' end, null, null, null, null, null,
        jsonb_build_object('operator', new.operator_id));
    return null;
end $$;
create constraint trigger consent_audit after insert or update on notification_consents
    deferrable initially deferred for each row execute function consent_audited();
alter table notification_consents enable always trigger consent_audit;

do $$
begin
    execute format('alter function consent_own() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('alter function consent_audited() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
