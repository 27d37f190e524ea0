-- Transfers between the company's own accounts: a line of a bank that may be one half is left out of income and spend
-- (kind `bank_transfer`) once the other half is in the books, and counts like any line (kind `bank`) until then.
--
-- The half of Stripe's payout is the payout itself, or a top-up the other way round; the half of another transfer is a
-- line of a bank. Both halves have the same amount, one in and one out. A payout arrives up to two weeks after it was
-- made, and a bank's day begins before the payout's hour; a transfer takes up to five days.

create function is_half(kind text, purpose text) returns boolean language sql immutable as $$
    select kind in ('payout', 'topup', 'bank_transfer') or coalesce(purpose in ('payout', 'transfer'), false)
$$;

create index transactions_halves on transactions (org_id, currency, amount_minor, occurred_at)
    where kind in ('payout', 'topup', 'bank_transfer') or purpose in ('payout', 'transfer');
create index transactions_unpaired on transactions (org_id, currency, amount_minor)
    where kind = 'bank' and purpose in ('payout', 'transfer') and other_half is null;
create unique index transactions_by_other_half on transactions (other_half) where other_half is not null;

-- Writers of halves take turns, as imports do: before the row, since a row of an open transaction would make the next
-- writer of the same movement wait.
create function halves_take_turns() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7308 /* subject */, hashtext(new.org_id || ' bank:import'));
    return new;
end $$;

create trigger halves_take_turns before insert on transactions
    for each row when (is_half(new.kind, new.purpose)) execute function halves_take_turns();

create function pair_transfers() returns trigger language plpgsql as $$
declare
    line record;
    half bigint;
begin
    if not exists (select 1 from added a where is_half(a.kind, a.purpose)) then
        return null;
    end if;
    for line in
        select t.* from transactions t
        where t.kind = 'bank' and t.purpose in ('payout', 'transfer') and t.other_half is null
          and exists (select 1 from added a
                      where is_half(a.kind, a.purpose) and a.org_id = t.org_id and a.currency = t.currency
                        and a.amount_minor in (t.amount_minor, -t.amount_minor))
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
    return null;
end $$;

create trigger transfers_paired after insert on transactions
    referencing new table as added for each statement execute function pair_transfers();

do $$
begin
    execute format('alter function halves_take_turns() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('alter function pair_transfers() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
