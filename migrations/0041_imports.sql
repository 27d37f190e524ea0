-- Imports: the files of banks that were imported, and the rows that each of them held, so that one can be taken back.

create table imports (
    id         bigint generated always as identity primary key,
    org_id     text not null default 'default',
    account    text not null,
    file       text,
    created_by text not null,
    created_at timestamptz not null default now(),
    held       bigint not null default 0,  -- rows of the file
    booked     bigint not null default 0,  -- of these, the rows that were new
    first_day  date,
    last_day   date,
    balances   jsonb not null default '[]',  -- each {"amount_minor", "currency", "as_of"}
    undone_at  timestamptz,
    undone_by  text,
    removed    bigint,  -- rows that left the books
    why        text,
    last_actor jsonb not null,
    check ((undone_at is null) = (undone_by is null)),
    check ((undone_at is null) = (removed is null))
);
create index imports_by_account on imports (org_id, account, id);

-- A row that the books had already is held too: it stays while an import that holds it stands.
create table import_rows (
    org_id      text not null default 'default',
    import_id   bigint not null references imports,
    external_id text not null,
    primary key (import_id, external_id)
);
create index import_rows_by_row on import_rows (org_id, external_id);

create trigger imports_stay before delete or truncate on imports
    for each statement execute function refuse('undo the import instead');
alter table imports enable always trigger imports_stay;
create trigger import_guard before insert or update on imports
    for each row execute function setting_guard('id', 'org_id', 'account', 'file', 'created_by', 'created_at');
alter table imports enable always trigger import_guard;
create trigger import_guard_authority before update on imports
    for each row when (old.undone_at is not null or new.undone_at is not null) execute function setting_authority();
alter table imports enable always trigger import_guard_authority;

create function import_final() returns trigger language plpgsql as $$
begin
    raise exception 'import %: it was undone, which is final', old.id using errcode = 'EX002';
end $$;
create trigger import_guard_final before update on imports
    for each row when (old.undone_at is not null) execute function import_final();
alter table imports enable always trigger import_guard_final;

create function import_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'import.undone', null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('import', new.id, 'account', new.account, 'removed', new.removed,
                                             'kept', new.held - new.removed, 'why', new.why)));
    return null;
end $$;
create constraint trigger import_audit after update on imports
    deferrable initially deferred for each row when (old.undone_at is null and new.undone_at is not null)
    execute function import_audited();
alter table imports enable always trigger import_audit;

-- Look for the other half of each line that has none, of these amounts: see 0024_transfers.sql.
create function pair_lines(org text, currencies text[], amounts bigint[]) returns void language plpgsql as $$
declare
    line record;
    half bigint;
begin
    for line in
        select t.* from transactions t
        join (select distinct w.currency, w.amount
              from unnest(currencies || currencies, amounts || array(select -a from unnest(amounts) with ordinality u (a, n)
                                                                     order by n)) w (currency, amount)) wanted
          on wanted.currency = t.currency and wanted.amount = t.amount_minor
        where t.org_id = org and t.kind = 'bank' and t.purpose in ('payout', 'transfer') and t.other_half is null
        order by t.occurred_at, t.id
    loop
        select h.id into half from transactions h
        where h.org_id = line.org_id and h.currency = line.currency and h.amount_minor = -line.amount_minor
          and h.id <> line.id
          and (line.purpose = 'payout' and h.kind in ('payout', 'topup')
                   and h.occurred_at between line.occurred_at - interval '14 days' and line.occurred_at + interval '2 days'
               or line.purpose = 'transfer' and h.other_half is null
                   and (h.purpose = 'transfer' and h.kind = 'bank' or h.kind = 'bank_transfer')
                   and h.occurred_at between line.occurred_at - interval '5 days' and line.occurred_at + interval '5 days')
          and not exists (select 1 from transactions taken where taken.other_half = h.id)
        order by h.occurred_at, h.id
        limit 1;
        if found and exists (select 1 from transactions t where t.id = line.id and t.other_half is null) then
            update transactions t set kind = 'bank_transfer', other_half = half where t.id = line.id;
            update transactions t set kind = 'bank_transfer', other_half = line.id
            where t.id = half and line.purpose = 'transfer';
        end if;
    end loop;
end $$;

create or replace function pair_transfers() returns trigger language plpgsql as $$
declare
    halves record;
begin
    for halves in
        select a.org_id, array_agg(a.currency) as currencies, array_agg(a.amount_minor) as amounts
        from added a where is_half(a.kind, a.purpose) group by a.org_id
    loop
        perform pair_lines(halves.org_id, halves.currencies, halves.amounts);
    end loop;
    return null;
end $$;

do $$
declare
    pinned text;
begin
    foreach pinned in array array['import_final()', 'import_audited()', 'pair_transfers()'] loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
    execute 'alter function import_audited() security definer';
    execute 'revoke execute on function import_audited() from public';
end $$;
