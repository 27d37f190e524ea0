-- Policies say what is allowed; suppressions name the customers that nobody contacts.

-- kind 'action': an action type; 'play': a play; 'system': the switch 'executions' (pause and resume).
create table policies (
    org_id     text not null default 'default',
    kind       text not null check (kind in ('action', 'play', 'system')),
    name       text not null,
    allowed    boolean not null,
    decided_by text not null,
    since      timestamptz not null default now(),
    why        text,
    last_actor jsonb not null,
    primary key (org_id, kind, name)
);
create trigger policies_stay before delete or truncate on policies
    for each statement execute function refuse('set it to allowed or not instead');
alter table policies enable always trigger policies_stay;
create trigger policy_guard before insert or update on policies
    for each row execute function setting_guard('org_id', 'kind', 'name');
alter table policies enable always trigger policy_guard;

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

-- A row suppresses a subject: no play drafts for it, nothing is sent to it. Deleting the row lifts that.
create table suppressions (
    org_id      text not null default 'default',
    subject_key text not null,
    created_by  text not null,
    created_at  timestamptz not null default now(),
    why         text,
    last_actor  jsonb not null,
    primary key (org_id, subject_key)
);
create trigger suppressions_stay before truncate on suppressions
    for each statement execute function refuse('lift them one by one');
alter table suppressions enable always trigger suppressions_stay;
create trigger suppression_guard before insert or update on suppressions
    for each row execute function setting_guard('org_id', 'subject_key');
alter table suppressions enable always trigger suppression_guard;

-- Keep the actor of a delete in a setting of the transaction, by org and subject: the deleted row cannot carry it to
-- the commit.
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
