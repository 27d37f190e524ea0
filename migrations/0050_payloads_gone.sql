-- Payloads that are gone: an event keeps its key, its outcome and the hash of its payload when the payload is taken away.
--
-- `payload_gone` says why: it was pruned, for it was old, or it was erased with the customer whom it is about. Such an event
-- is never processed again. A bank's event keeps its import and its account: to take the import back needs them.
alter table events
    add column payload_gone   text check (payload_gone in ('pruned', 'erased')),
    add column payload_sha256 text,
    add check ((payload_gone is null) = (payload_sha256 is null)),
    add check (payload_gone is null or status <> 'received' and payload_json
               - array['account', 'import', 'kind', 'month', 'currency'] = '{}');

-- For the prune: the events whose payloads stand, by the time of their arrival.
create index events_with_payload on events (org_id, received_at, id) where payload_gone is null and status <> 'received';

-- The hash of a payload that goes is the database's own, and nothing brings another payload in its place.
create function payload_gone() returns trigger language plpgsql as $$
begin
    if old.payload_gone is not null
       and (new.payload_gone, new.payload_sha256, new.payload_json)
           is distinct from (old.payload_gone, old.payload_sha256, old.payload_json)
       and not (old.payload_gone = 'pruned' and new.payload_gone = 'erased') then
        raise exception 'event %: its payload is gone, and stays so', old.id using errcode = 'EX003';
    end if;
    new.payload_sha256 := case when old.payload_gone is null
                               then encode(sha256(convert_to(old.payload_json::text, 'UTF8')), 'hex')
                               else old.payload_sha256 end;
    select coalesce(jsonb_object_agg(p.key, p.value), '{}') into new.payload_json
    from jsonb_each(old.payload_json) p
    where old.source = 'bank' and p.key in ('account', 'import', 'kind', 'month', 'currency');
    return new;
end $$;
create trigger payload_gone before update on events
    for each row when (old.payload_gone is not null or new.payload_gone is not null)
    execute function payload_gone();
alter table events enable always trigger payload_gone;

do $$
begin
    execute format('alter function payload_gone() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
