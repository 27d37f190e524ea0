-- Sums of what each customer paid since a moment, so that to rank customers reads a row for each of them and not a row for
-- each of their payments. The writes of the ledger keep the sums, as they keep the rollups (0015_rollup_sums.sql).

-- The moment since which an org's payments are added up. It moves forward as time passes (paid_lately_settle).
create table paid_since (
    org_id text primary key,
    since  timestamptz not null
);

-- A row without a moment is a customer's sum. A row with one is a movement that is not added to the sums yet. So writers
-- insert only, and none waits for another. One that was taken off again stands twice: once with negative numbers.
create table paid_lately (
    org_id      text not null,
    customer    text not null,
    currency    text not null,
    occurred_at timestamptz,
    invoiced    numeric not null,  -- paid invoices
    charged     numeric not null,
    back        numeric not null,  -- refunds and disputes, negative
    invoices    bigint not null,   -- how many were paid
    paid        numeric generated always as (
        case when occurred_at is null and invoices > 0 then greatest(invoiced, charged) + back end) stored
);
create unique index paid_lately_sums on paid_lately (org_id, customer, currency) where occurred_at is null;
create index paid_lately_ranks on paid_lately (org_id, currency, paid) where paid is not null;
create index paid_lately_single on paid_lately (org_id) where occurred_at is not null;

-- A movement as part of these sums; no row for one that is no payment of a customer. A disputed charge counts in the
-- currency of the charge.
create function paid_part(moved transactions, sign integer) returns table (
    org_id text, customer text, currency text, occurred_at timestamptz, invoiced numeric, charged numeric, back numeric,
    invoices bigint
) language sql immutable as $$
    select moved.org_id, moved.customer, coalesce(moved.charge_currency, moved.currency), moved.occurred_at,
           case when moved.kind = 'invoice_paid' then sign * amount else 0 end,
           case when moved.kind = 'charge' then sign * amount else 0 end,
           case when moved.kind in ('refund', 'dispute') then sign * amount else 0 end,
           case when moved.kind = 'invoice_paid' then sign else 0 end::bigint
    from (select coalesce(moved.charge_minor, moved.amount_minor)::numeric as amount) own
    where moved.customer is not null and moved.kind in ('invoice_paid', 'charge', 'refund', 'dispute')
$$;

create function paid_since_of(org text) returns timestamptz language sql stable as $$
    select coalesce((select s.since from paid_since s where s.org_id = org), '-infinity')
$$;

-- The triggers of the ledger's writes. They wait for a rebuild, as those of the rollups do, and read `since` only afterwards.
create function payments_added() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7312 /* rollup rebuild */, 0);
    insert into paid_lately
    select part.* from added a cross join lateral paid_part(row(a.*)::transactions, 1) part
    where part.occurred_at >= paid_since_of(part.org_id);
    return null;
end $$;
create function payment_changed() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7312 /* rollup rebuild */, 0);
    insert into paid_lately
    select part.* from paid_part(old, -1) part where part.occurred_at >= paid_since_of(part.org_id);
    if tg_op = 'UPDATE' then
        insert into paid_lately
        select part.* from paid_part(new, 1) part where part.occurred_at >= paid_since_of(part.org_id);
    end if;
    return null;
end $$;
create trigger payments_added after insert on transactions
    referencing new table as added for each statement execute function payments_added();
create trigger payment_changed after update on transactions
    for each row when (old.customer is not null or new.customer is not null) execute function payment_changed();
create trigger payment_deleted after delete on transactions
    for each row when (old.customer is not null) execute function payment_changed();

-- Add the single movements to the sums, and take off what is older than a moment. One transaction at a time does it, and
-- another that tries does nothing; so nobody waits for a sum. It is one statement, since writers may commit at any time: the
-- sums, the single movements and the ledger are of the same instant.
create function paid_lately_settle(org text, moment timestamptz) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7312 /* rollup rebuild */, 0);
    if not pg_try_advisory_xact_lock(7311 /* rollup slot */, -1) then
        return;
    end if;
    with single as (
        delete from paid_lately p where p.org_id = org and p.occurred_at is not null
        returning p.customer, p.currency, p.occurred_at, p.invoiced, p.charged, p.back, p.invoices
    ), older as (
        select part.customer, part.currency, part.occurred_at, part.invoiced, part.charged, part.back, part.invoices
        from transactions t cross join lateral paid_part(t, -1) part
        where t.org_id = org and t.kind in ('invoice_paid', 'charge', 'refund', 'dispute')
          and t.occurred_at >= paid_since_of(org) and t.occurred_at < moment
    ), moved as (
        insert into paid_since as s values (org, moment)
        on conflict (org_id) do update set since = greatest(s.since, excluded.since)
    )
    insert into paid_lately as p
    select org, c.customer, c.currency, null, sum(c.invoiced), sum(c.charged), sum(c.back), sum(c.invoices)
    from (select * from single where occurred_at >= paid_since_of(org) union all select * from older) c
    group by c.customer, c.currency
    on conflict (org_id, customer, currency) where occurred_at is null do update
    set invoiced = p.invoiced + excluded.invoiced, charged = p.charged + excluded.charged,
        back = p.back + excluded.back, invoices = p.invoices + excluded.invoices;
    delete from paid_lately p
    where p.org_id = org and p.occurred_at is null and (p.invoiced, p.charged, p.back, p.invoices) = (0, 0, 0, 0);
end $$;

-- The rebuild of all sums (0017_rollup_rebuild.sql) makes these anew too.
create or replace function rollup_rebuild(org text, new_zone text) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7312 /* rollup rebuild */, 0);
    insert into rollup_zone as z (org_id, zone, moved_at) values (org, new_zone, array[now()])
    on conflict (org_id) do update
    set zone = excluded.zone, moved_at = (excluded.moved_at || z.moved_at)[1:10]
    where z.zone <> excluded.zone;
    delete from rollup_kinds where org_id = org;
    delete from rollup_parties where org_id = org;
    delete from rollup_mrr where org_id = org;
    delete from rollup_events where org_id = org;
    delete from paid_lately where org_id = org;
    insert into paid_since values (org, now() - interval '365 days')
    on conflict (org_id) do update set since = excluded.since;

    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from transactions t where t.org_id = org) n
    group by n.portion;
    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from mrr_changes t where t.org_id = org) n
    group by n.portion;
    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from mrr_levels t where t.org_id = org) n
    group by n.portion;
    insert into rollup_events
    select e.org_id, (e.occurred_at at time zone new_zone)::date, e.source, e.type, rollup_slot(), count(*)
    from events e where e.org_id = org and e.status <> 'received' and e.source <> 'execops'
    group by 1, 2, 3, 4;
    insert into paid_lately
    select org, part.customer, part.currency, null, sum(part.invoiced), sum(part.charged), sum(part.back),
           sum(part.invoices)
    from transactions t cross join lateral paid_part(t, 1) part
    where t.org_id = org and t.occurred_at >= paid_since_of(org)
    group by 2, 3;
end $$;

insert into paid_since values ('default', now() - interval '365 days');
insert into paid_lately
select part.org_id, part.customer, part.currency, null, sum(part.invoiced), sum(part.charged), sum(part.back),
       sum(part.invoices)
from transactions t cross join lateral paid_part(t, 1) part
where t.occurred_at >= paid_since_of(t.org_id)
group by 1, 2, 3;

do $$
declare
    pinned text;
begin
    foreach pinned in array array['payments_added()', 'payment_changed()', 'rollup_rebuild(text, text)'] loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
end $$;
