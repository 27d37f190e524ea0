-- The halves of a transfer are lines of two accounts: an expense and an income of the same sum in one account are none.

-- The account whose file told a line; null for a line that was imported before imports were recorded.
create function bank_account_of(org text, line text) returns text language sql stable as $$
    select i.account from import_rows r join imports i on i.id = r.import_id
    where r.org_id = org and r.external_id = line
    order by r.import_id limit 1
$$;

create or replace function pair_lines(org text, currencies text[], amounts bigint[]) returns void language plpgsql as $$
declare
    line record;
    half bigint;
begin
    for line in
        select t.*, bank_account_of(t.org_id, t.external_id) as account from transactions t
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
                   and h.occurred_at between line.occurred_at - interval '5 days' and line.occurred_at + interval '5 days'
                   and (bank_account_of(h.org_id, h.external_id) = line.account) is not true)
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

do $$
declare
    name regprocedure;
begin
    foreach name in array array['bank_account_of(text, text)', 'pair_lines(text, text[], bigint[])']::regprocedure[]
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', name, current_schema());
    end loop;
end $$;

-- Pairs of one account are parted, and look for another half; a line that the bank itself calls a transfer stays one.
do $$
declare
    halves record;
begin
    for halves in
        with parted as (
            update transactions t
            set other_half = null,
                kind = case when (select e.payload_json ->> 'kind' from events e where e.id = t.event_id) = 'bank_transfer'
                            then 'bank_transfer' else 'bank' end
            from transactions h
            where h.id = t.other_half and t.source = 'bank' and h.source = 'bank'
              and bank_account_of(t.org_id, t.external_id) = bank_account_of(h.org_id, h.external_id)
            returning t.org_id, t.currency, t.amount_minor
        )
        select org_id, array_agg(currency) as currencies, array_agg(amount_minor) as amounts from parted group by org_id
    loop
        perform pair_lines(halves.org_id, halves.currencies, halves.amounts);
    end loop;
end $$;
