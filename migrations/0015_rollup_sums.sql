-- The functions that add rows to the sums: roll_up(rows, 1) adds rows, roll_up(rows, -1) takes them off again.

-- The slot of this transaction. No transaction waits for a slot; one that holds a slot already gets it again. A rebuild
-- holds its lock alone, so a writer waits here until the rebuild ends, and reads the time zone only afterwards.
create function rollup_slot() returns bigint language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7312 /* rollup rebuild */, 0);
    for slot in 0..15 loop
        if pg_try_advisory_xact_lock(7311 /* rollup slot */, slot) then
            return slot;
        end if;
    end loop;
    return 1000 + pg_current_xact_id()::text::bigint;
end $$;

-- The time zone of an org's days.
create function rollup_zone_of(org text) returns text language sql stable as $$
    select coalesce((select z.zone from rollup_zone z where z.org_id = org), 'UTC')
$$;

-- Movements of money, into rollup_kinds and rollup_parties. A disputed charge counts for its customer in the currency
-- of the charge. The further lines of a case are money, and no further movement.
create function roll_up(moved transactions[], sign integer) returns void language plpgsql as $$
declare
    own_slot bigint := rollup_slot();
begin
    insert into rollup_kinds as r
    select m.org_id, g.grain, m.kind,
           date_trunc(g.grain, m.occurred_at at time zone rollup_zone_of(m.org_id))::date, m.currency, own_slot,
           sign * sum(greatest(m.amount_minor, 0)), sign * sum(least(m.amount_minor, 0)),
           sign * count(*) filter (where m.amount_minor >= 0 and not m.further),
           sign * count(*) filter (where m.amount_minor < 0 and not m.further)
    from unnest(moved) m
    cross join (values ('day'), ('month')) g (grain)
    group by 1, 2, 3, 4, 5
    on conflict (org_id, grain, kind, start, currency, slot) do update
    set money_in = r.money_in + excluded.money_in, money_out = r.money_out + excluded.money_out,
        moves_in = r.moves_in + excluded.moves_in, moves_out = r.moves_out + excluded.moves_out;

    insert into rollup_parties as r
    select m.org_id, p.role, g.grain, m.kind,
           date_trunc(g.grain, m.occurred_at at time zone rollup_zone_of(m.org_id))::date, c.currency, p.party,
           own_slot, sign * sum(greatest(c.amount_minor, 0)), sign * sum(least(c.amount_minor, 0)),
           sign * count(*) filter (where m.amount_minor >= 0 and not m.further),
           sign * count(*) filter (where m.amount_minor < 0 and not m.further)
    from unnest(moved) m
    cross join lateral (select coalesce(m.charge_currency, m.currency) as currency,
                               coalesce(m.charge_minor, m.amount_minor) as amount_minor) c
    cross join lateral (
        select 'vendor' as role, coalesce(m.counterparty, '') as party where m.kind in ('issuing', 'bank')
        union all
        select 'customer', coalesce(m.customer, '')
        where m.kind in ('charge', 'refund', 'dispute', 'invoice_paid')
    ) p
    cross join (values ('day'), ('month'), ('quarter')) g (grain)
    group by 1, 2, 3, 4, 5, 6, 7
    order by 1, 2, 3, 4, 5, 6, 7  -- rows that are read together lie together
    on conflict (org_id, role, grain, kind, start, currency, party, slot) do update
    set money_in = r.money_in + excluded.money_in, money_out = r.money_out + excluded.money_out,
        moves_in = r.moves_in + excluded.moves_in, moves_out = r.moves_out + excluded.moves_out;
end $$;

-- Changes of MRR, into rollup_mrr.
create function roll_up(changed mrr_changes[], sign integer) returns void language plpgsql as $$
declare
    own_slot bigint := rollup_slot();
begin
    insert into rollup_mrr as r
    select c.org_id, g.grain, c.kind,
           date_trunc(g.grain, c.at at time zone rollup_zone_of(c.org_id))::date, c.currency, own_slot,
           sign * sum(c.delta_minor), sign * count(*)
    from unnest(changed) c
    cross join (values ('day'), ('month')) g (grain)
    group by 1, 2, 3, 4, 5
    on conflict (org_id, grain, kind, start, currency, slot) do update
    set delta = r.delta + excluded.delta, changes = r.changes + excluded.changes;
end $$;

-- Levels of MRR, into rollup_mrr as changes of zero. A level in no currency (XXX) says that a state has no known
-- amount: it is not counted.
create function roll_up(levels mrr_levels[], sign integer) returns void language plpgsql as $$
begin
    perform roll_up(array_agg(row(
        null, l.org_id, l.customer, l.at, 0, l.currency, 'level', null, l.subscription)::mrr_changes), sign)
    from unnest(levels) l where l.currency <> 'XXX';
end $$;
