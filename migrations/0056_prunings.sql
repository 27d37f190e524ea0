-- Pruning leaves a trace: the payloads of old events go in a founder's transaction, which the audit log tells of.
--
-- A row here is the leave to prune, for its own transaction, as a row of erasures is the leave to erase (0051_erasure_guards.sql).
create table prunings (
    id         bigint generated always as identity primary key,
    org_id     text not null default 'default',
    before     timestamptz not null,          -- the events that arrived before this moment
    events     integer not null default 0,    -- whose payloads went in this transaction
    bytes      bigint not null default 0,     -- that these took
    at         timestamptz not null,
    xact       xid8 not null,
    last_actor jsonb not null
);
create index prunings_by_transaction on prunings (xact);
create trigger prunings_stay before delete or truncate on prunings
    for each statement execute function refuse('they say what was pruned');
alter table prunings enable always trigger prunings_stay;

create function pruning_authority() returns trigger language plpgsql as $$
begin
    new.last_actor := execops_actor();
    new.at := now();
    new.xact := pg_current_xact_id();
    if not execops_is_founder(new.last_actor, new.org_id) then
        raise exception 'payloads are pruned by a founder who has proven it' using errcode = 'EX004';
    end if;
    return new;
end $$;
create trigger pruning_authority before insert on prunings for each row execute function pruning_authority();
alter table prunings enable always trigger pruning_authority;

-- The counts are those of the transaction that pruned; nothing else of the row changes, and nothing later.
create function pruning_counted() returns trigger language plpgsql as $$
begin
    if old.xact <> pg_current_xact_id()
       or (to_jsonb(new) - array['events', 'bytes']) <> (to_jsonb(old) - array['events', 'bytes']) then
        raise exception 'pruning % has happened, and stays so', old.id using errcode = 'EX003';
    end if;
    return new;
end $$;
create trigger pruning_counted before update on prunings for each row execute function pruning_counted();
alter table prunings enable always trigger pruning_counted;

create function pruning_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(p.org_id, p.last_actor, 'events.pruned', null, null, null, null, null,
                        jsonb_build_object('before', p.before, 'events', p.events, 'bytes', p.bytes))
    from prunings p where p.id = new.id;
    return null;
end $$;
create constraint trigger pruning_audit after insert on prunings
    deferrable initially deferred for each row execute function pruning_audited();
alter table prunings enable always trigger pruning_audit;

-- A payload goes as pruned in a transaction that has the leave, and never otherwise.
create function prune_guard() returns trigger language plpgsql as $$
begin
    if not exists (select from prunings p where p.xact = pg_current_xact_id() and p.org_id = new.org_id
                   and new.received_at < p.before) then
        raise exception 'event %: its payload is pruned by execops events prune, not by hand', new.id
            using errcode = 'EX003';
    end if;
    return new;
end $$;
create trigger prune_guard before update on events
    for each row when (new.payload_gone = 'pruned' and old.payload_gone is distinct from 'pruned')
    execute function prune_guard();
alter table events enable always trigger prune_guard;

do $$
declare
    pinned text;
begin
    foreach pinned in array array['pruning_authority()', 'pruning_counted()', 'pruning_audited()', 'prune_guard()'] loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
    execute 'alter function pruning_audited() security definer';
    execute 'revoke execute on function pruning_audited() from public';
end $$;
