-- Daily and monthly sums, kept by the ledger's own writes, so that the cost of an answer follows the rows of the
-- answer and not the length of the history.
--
-- Days are those of the org's time zone (rollup_zone), since days in UTC serve no other zone; a changed zone
-- builds the sums anew, once (rollup_rebuild).
--
-- Slots keep writers apart. Everybody books onto today, so one row a day would be taken in turns, each writer
-- holding it until its commit; and two writers with two rows in different order would lock each other out. A
-- transaction writes only rows of a slot that it holds alone: the first one free, without ever waiting; where
-- none is free, one of its own. Readers add the slots up. Their number follows how many write at once.

create table rollup_zone (
    org_id text primary key,
    zone   text not null
);

-- Movements of money by kind. What came in and what went out stand apart: a won dispute, a returned payout.
create table rollup_kinds (
    org_id    text not null,
    grain     text not null check (grain in ('day', 'month')),
    kind      text not null,
    start     date not null,  -- the day, or the first day of the month
    currency  text not null,
    slot      bigint not null,
    money_in  numeric not null,  -- sums of bigints
    money_out numeric not null,  -- negative
    moves_in  bigint not null,
    moves_out bigint not null,
    primary key (org_id, grain, kind, start, currency, slot)
) with (fillfactor = 70);

-- The same by vendor (purchases and bank movements) and by customer (payments); '' where it is not known.
create table rollup_parties (
    org_id    text not null,
    role      text not null check (role in ('vendor', 'customer')),
    grain     text not null check (grain in ('day', 'month', 'quarter')),
    kind      text not null,
    start     date not null,
    currency  text not null,
    party     text not null,
    slot      bigint not null,
    money_in  numeric not null,
    money_out numeric not null,
    moves_in  bigint not null,
    moves_out bigint not null,
    primary key (org_id, role, grain, kind, start, currency, party, slot)
) with (fillfactor = 50);
create index rollup_parties_by_party on rollup_parties (org_id, role, party, grain, start);

-- Changes of MRR by kind; kind `level` counts what was learned of subscriptions, so that zero is told from unknown.
create table rollup_mrr (
    org_id   text not null,
    grain    text not null check (grain in ('day', 'month')),
    kind     text not null,
    start    date not null,
    currency text not null,
    slot     bigint not null,
    delta    numeric not null,
    changes  bigint not null,
    primary key (org_id, grain, kind, start, currency, slot)
) with (fillfactor = 70);

-- Events by type, counted when they leave `received`: by the worker, not while a webhook waits for its answer.
create table rollup_events (
    org_id text not null,
    day    date not null,
    source text not null,
    type   text not null,
    slot   bigint not null,
    events bigint not null,
    primary key (org_id, day, source, type, slot)
) with (fillfactor = 70);

create function rollup_slot() returns bigint language plpgsql as $$
begin
    for slot in 0..15 loop
        if pg_try_advisory_xact_lock(7311, slot) then  -- again, where this transaction holds it already
            return slot;
        end if;
    end loop;
    return 1000 + pg_current_xact_id()::text::bigint;
end $$;

create function rollup_zone_of(org text) returns text language sql stable as $$
    select coalesce((select z.zone from rollup_zone z where z.org_id = org), 'UTC')
$$;

create function roll_up_transactions(moved transactions[], sign integer) returns void language plpgsql as $$
declare
    mine bigint := rollup_slot();
begin
    insert into rollup_kinds as r
    select m.org_id, g.grain, m.kind,
           date_trunc(g.grain, m.occurred_at at time zone rollup_zone_of(m.org_id))::date, m.currency, mine,
           sign * sum(greatest(m.amount_minor, 0)), sign * sum(least(m.amount_minor, 0)),
           sign * count(*) filter (where m.amount_minor >= 0), sign * count(*) filter (where m.amount_minor < 0)
    from unnest(moved) m
    cross join (values ('day'), ('month')) g (grain)
    group by 1, 2, 3, 4, 5
    on conflict (org_id, grain, kind, start, currency, slot) do update
    set money_in = r.money_in + excluded.money_in, money_out = r.money_out + excluded.money_out,
        moves_in = r.moves_in + excluded.moves_in, moves_out = r.moves_out + excluded.moves_out;

    insert into rollup_parties as r
    select m.org_id, p.role, g.grain, m.kind,
           date_trunc(g.grain, m.occurred_at at time zone rollup_zone_of(m.org_id))::date, m.currency, p.party,
           mine, sign * sum(greatest(m.amount_minor, 0)), sign * sum(least(m.amount_minor, 0)),
           sign * count(*) filter (where m.amount_minor >= 0), sign * count(*) filter (where m.amount_minor < 0)
    from unnest(moved) m
    cross join lateral (
        select 'vendor' as role, coalesce(m.counterparty, '') as party where m.kind in ('issuing', 'bank')
        union all
        select 'customer', coalesce(m.customer, '')
        where m.kind in ('charge', 'refund', 'dispute', 'invoice_paid')
    ) p
    cross join (values ('day'), ('month'), ('quarter')) g (grain)
    group by 1, 2, 3, 4, 5, 6, 7
    order by 1, 2, 3, 4, 5, 6, 7  -- what is read together lies together
    on conflict (org_id, role, grain, kind, start, currency, party, slot) do update
    set money_in = r.money_in + excluded.money_in, money_out = r.money_out + excluded.money_out,
        moves_in = r.moves_in + excluded.moves_in, moves_out = r.moves_out + excluded.moves_out;
end $$;

create function roll_up_mrr(changed mrr_changes[], sign integer) returns void language plpgsql as $$
declare
    mine bigint := rollup_slot();
begin
    insert into rollup_mrr as r
    select c.org_id, g.grain, c.kind,
           date_trunc(g.grain, c.at at time zone rollup_zone_of(c.org_id))::date, c.currency, mine,
           sign * sum(c.delta_minor), sign * count(*)
    from unnest(changed) c
    cross join (values ('day'), ('month')) g (grain)
    group by 1, 2, 3, 4, 5
    on conflict (org_id, grain, kind, start, currency, slot) do update
    set delta = r.delta + excluded.delta, changes = r.changes + excluded.changes;
end $$;

create function roll_up_levels(seen mrr_levels[], sign integer) returns void language plpgsql as $$
begin
    perform roll_up_mrr(array_agg(row(
        null, l.org_id, l.customer, l.at, 0, l.currency, 'level', null, l.subscription)::mrr_changes), sign)
    from unnest(seen) l;
end $$;

-- Inserts come by the statement, so that a bulk load costs one change a sum; in portions, so that it fits memory.
create function transactions_rolled_up() returns trigger language plpgsql as $$
declare
    portion transactions[];
begin
    for portion in
        select array_agg(n.t)
        from (select row(a.*)::transactions as t, row_number() over () / 20000 as part from added a) n group by n.part
    loop
        perform roll_up_transactions(portion, 1);
    end loop;
    return null;
end $$;
create trigger transactions_rolled_up after insert on transactions
    referencing new table as added for each statement execute function transactions_rolled_up();

create function transaction_changed() returns trigger language plpgsql as $$
begin
    perform roll_up_transactions(array[old], -1);
    if tg_op = 'UPDATE' then
        perform roll_up_transactions(array[new], 1);
    end if;
    return null;
end $$;
create trigger transaction_changed after update or delete on transactions
    for each row execute function transaction_changed();

create function mrr_rolled_up() returns trigger language plpgsql as $$
declare
    portion mrr_changes[];
begin
    for portion in
        select array_agg(n.t)
        from (select row(a.*)::mrr_changes as t, row_number() over () / 20000 as part from added a) n group by n.part
    loop
        perform roll_up_mrr(portion, 1);
    end loop;
    return null;
end $$;
create trigger mrr_rolled_up after insert on mrr_changes
    referencing new table as added for each statement execute function mrr_rolled_up();

create function mrr_changed() returns trigger language plpgsql as $$
begin
    perform roll_up_mrr(array[old], -1);
    if tg_op = 'UPDATE' then
        perform roll_up_mrr(array[new], 1);
    end if;
    return null;
end $$;
create trigger mrr_changed after update or delete on mrr_changes for each row execute function mrr_changed();

create function levels_rolled_up() returns trigger language plpgsql as $$
declare
    portion mrr_levels[];
begin
    for portion in
        select array_agg(n.t)
        from (select row(a.*)::mrr_levels as t, row_number() over () / 20000 as part from added a) n group by n.part
    loop
        perform roll_up_levels(portion, 1);
    end loop;
    return null;
end $$;
create trigger levels_rolled_up after insert on mrr_levels
    referencing new table as added for each statement execute function levels_rolled_up();

create function level_changed() returns trigger language plpgsql as $$
begin
    perform roll_up_levels(array[old], -1);
    if tg_op = 'UPDATE' then
        perform roll_up_levels(array[new], 1);
    end if;
    return null;
end $$;
create trigger level_changed after update or delete on mrr_levels for each row execute function level_changed();

create function event_rolled_up() returns trigger language plpgsql as $$
declare
    sign integer := case when new.status = 'received' then -1 else 1 end;
begin
    insert into rollup_events as r
    values (new.org_id, (new.occurred_at at time zone rollup_zone_of(new.org_id))::date, new.source, new.type,
            rollup_slot(), sign)
    on conflict (org_id, day, source, type, slot) do update set events = r.events + excluded.events;
    return null;
end $$;
create trigger event_rolled_up after insert on events
    for each row when (new.status <> 'received') execute function event_rolled_up();
create trigger event_left_received after update of status on events
    for each row when ((old.status = 'received') <> (new.status = 'received')) execute function event_rolled_up();

-- The sums of an org anew, in this time zone. Nobody writes what they are made of meanwhile.
create function rollup_rebuild(org text, new_zone text) returns void language plpgsql as $$
declare
    moved transactions[];
    changed mrr_changes[];
    seen mrr_levels[];
begin
    lock table events, mrr_levels, mrr_changes, transactions in share row exclusive mode;
    insert into rollup_zone values (org, new_zone) on conflict (org_id) do update set zone = excluded.zone;
    delete from rollup_kinds where org_id = org;
    delete from rollup_parties where org_id = org;
    delete from rollup_mrr where org_id = org;
    delete from rollup_events where org_id = org;
    for moved in
        select array_agg(n.t)
        from (select t, row_number() over () / 20000 as part from transactions t where t.org_id = org) n
        group by n.part
    loop
        perform roll_up_transactions(moved, 1);
    end loop;
    for changed in
        select array_agg(n.t)
        from (select t, row_number() over () / 20000 as part from mrr_changes t where t.org_id = org) n
        group by n.part
    loop
        perform roll_up_mrr(changed, 1);
    end loop;
    for seen in
        select array_agg(n.t)
        from (select t, row_number() over () / 20000 as part from mrr_levels t where t.org_id = org) n
        group by n.part
    loop
        perform roll_up_levels(seen, 1);
    end loop;
    insert into rollup_events
    select e.org_id, (e.occurred_at at time zone new_zone)::date, e.source, e.type, rollup_slot(), count(*)
    from events e where e.org_id = org and e.status <> 'received'
    group by 1, 2, 3, 4;
end $$;

do $$
declare
    known record;
begin
    for known in select org_id from events union select org_id from transactions union select 'default' loop
        perform rollup_rebuild(known.org_id, 'UTC');
    end loop;
end $$;

-- What the metrics share.

create function canvas_bucket(grain text, day date) returns text language sql immutable as $$
    select coalesce(to_char(date_trunc(grain, day::timestamp), 'YYYY-MM-DD'), '')
$$;

-- Every bucket from the first that something is known of to today's; '' alone where time is not grouped by.
create function canvas_buckets(known date, since date, until date, as_of date, grain text) returns setof text
language sql immutable as $$
    select to_char(t, 'YYYY-MM-DD')
    from generate_series(
        date_trunc(grain, greatest(since, known)::timestamp), least(until, as_of + 1)::timestamp - interval '1 day',
        make_interval(days => case grain when 'day' then 1 when 'week' then 7 else 0 end,
                      months => case grain when 'month' then 1 when 'quarter' then 3 else 0 end)) t
    where grain is not null and known < least(until, as_of + 1) and since < least(until, as_of + 1)
    union all
    select '' where grain is null and known < least(until, as_of + 1) and since < least(until, as_of + 1)
$$;

-- The first day of which a movement of these kinds is known.
create function canvas_known(org text, kinds text[]) returns date language sql stable as $$
    select min(first.start) from unnest(kinds) k
    cross join lateral (select r.start from rollup_kinds r
                        where r.org_id = org and r.grain = 'day' and r.kind = k order by r.start limit 1) first
$$;

create function canvas_events_known(org text) returns date language sql stable as $$
    select r.day from rollup_events r where r.org_id = org order by r.day limit 1
$$;

-- Why nothing is known of a period; null where something is.
create function canvas_unknown(known date, until date, what text, remedy text) returns text
language sql immutable as $$
    select case when known is null then format('no %s is known: %s', what, remedy)
                when known >= until then format('no %s is known before %s: %s', what, known, remedy) end
$$;

-- The currencies that rows of zero may stand in: those of the movements themselves, else of any in the period,
-- else of any before its end.
create function canvas_currencies(org text, kinds text[], since date, until date) returns setof text
language plpgsql stable as $$
begin
    return query select distinct r.currency from rollup_kinds r
        where r.org_id = org and r.grain = 'month' and r.kind = any (kinds)
          and r.start >= date_trunc('month', since::timestamp) and r.start < until;
    if found then return; end if;
    return query select distinct r.currency from rollup_kinds r
        where r.org_id = org and r.grain = 'month'
          and r.start >= date_trunc('month', since::timestamp) and r.start < until;
    if found then return; end if;
    return query select distinct r.currency from rollup_kinds r
        where r.org_id = org and r.grain = 'month' and r.start < until;
end $$;

-- Every bucket in every currency: zero is true there, as soon as movements of the `sources` are known.
create function canvas_grid(org text, kinds text[], sources text[], since date, until date, as_of date, grain text)
returns table (bucket text, currency text) language sql stable as $$
    select b, c
    from canvas_buckets(canvas_known(org, sources), since, until, as_of, grain) b
    cross join canvas_currencies(org, kinds, since, least(until, as_of + 1)) c
$$;

-- The whole months of a period that may be read as months: none where days or weeks are asked for. The last one
-- counts as whole too where nothing is known of its rest.
create function canvas_months(org text, kinds text[], since date, until date, grain text)
returns table (first date, past date) language plpgsql stable as $$
begin
    first := until;
    past := until;
    if coalesce(grain, '') not in ('day', 'week') then
        first := date_trunc('month', since + interval '1 month' - interval '1 day');
        past := date_trunc('month', until::timestamp);
        if past < until and not exists (
            select 1 from rollup_kinds r
            where r.org_id = org and r.grain = 'day' and r.kind = any (kinds)
              and r.start >= until and r.start < past + interval '1 month') then
            past := past + interval '1 month';
        end if;
        if first >= past then
            first := until;
            past := until;
        end if;
    end if;
    return next;
end $$;

create function canvas_moves(org text, kinds text[], since date, until date, grain text)
returns table (start date, kind text, currency text, money_in numeric, money_out numeric, moves_in bigint,
               moves_out bigint) language sql stable as $$
    select r.start, r.kind, r.currency, r.money_in, r.money_out, r.moves_in, r.moves_out
    from canvas_months(org, kinds, since, until, grain) w
    cross join lateral (
        select m.* from rollup_kinds m where m.org_id = org and m.grain = 'month' and m.kind = any (kinds)
          and m.start >= w.first and m.start < w.past
        union all
        select d.* from rollup_kinds d where d.org_id = org and d.grain = 'day' and d.kind = any (kinds)
          and d.start >= since and d.start < w.first
        union all
        select d.* from rollup_kinds d where d.org_id = org and d.grain = 'day' and d.kind = any (kinds)
          and d.start >= w.past and d.start < until
    ) r
$$;

-- The same by vendor or customer, of all of them or of one.
create function canvas_party_moves(org text, party_role text, kinds text[], since date, until date, grain text,
                                   one text)
returns table (party text, start date, kind text, currency text, money_in numeric, money_out numeric,
               moves_in bigint, moves_out bigint) language plpgsql stable as $$
declare
    w record;
begin
    select * into w from canvas_months(org, kinds, since, until, grain);
    if one is null then
        return query
            select r.party, r.start, r.kind, r.currency, r.money_in, r.money_out, r.moves_in, r.moves_out
            from rollup_parties r
            where r.org_id = org and r.role = party_role and r.grain = 'month' and r.kind = any (kinds)
              and r.start >= w.first and r.start < w.past
            union all
            select r.party, r.start, r.kind, r.currency, r.money_in, r.money_out, r.moves_in, r.moves_out
            from rollup_parties r
            where r.org_id = org and r.role = party_role and r.grain = 'day' and r.kind = any (kinds)
              and (r.start >= since and r.start < w.first or r.start >= w.past and r.start < until);
    else
        return query
            select r.party, r.start, r.kind, r.currency, r.money_in, r.money_out, r.moves_in, r.moves_out
            from rollup_parties r
            where r.org_id = org and r.role = party_role and r.party = one and r.kind = any (kinds)
              and (r.grain = 'month' and r.start >= w.first and r.start < w.past
                   or r.grain = 'day' and r.start >= since and r.start < w.first
                   or r.grain = 'day' and r.start >= w.past and r.start < until);
    end if;
end $$;

-- What moved in a whole period with each vendor or customer, quarters read as quarters, too; `moves_in` are those of
-- the first kind.
create function canvas_party_totals(org text, party_role text, kinds text[], since date, until date, one text)
returns table (party text, currency text, net numeric, moves_in numeric) language plpgsql stable as $$
declare
    w record;
    quarters_from date;
    quarters_past date;
begin
    select * into w from canvas_months(org, kinds, since, until, null);
    quarters_from := date_trunc('quarter', w.first + interval '3 months' - interval '1 day');
    quarters_past := date_trunc('quarter', w.past + interval '3 months' - interval '1 day');
    if quarters_past > w.past and exists (
        select 1 from rollup_kinds r
        where r.org_id = org and r.grain = 'month' and r.kind = any (kinds)
          and r.start >= w.past and r.start < quarters_past) then
        quarters_past := date_trunc('quarter', w.past::timestamp);
    end if;
    if w.first = w.past or quarters_from >= quarters_past then
        quarters_from := w.past;
        quarters_past := w.past;
    end if;
    return query
        select r.party, r.currency, sum(r.money_in + r.money_out),
               coalesce(sum(r.moves_in) filter (where r.kind = kinds[1]), 0)
        from (
            select p.* from rollup_parties p
            where p.org_id = org and p.role = party_role and p.grain = 'quarter' and p.kind = any (kinds)
              and p.start >= quarters_from and p.start < quarters_past
            union all
            select p.* from rollup_parties p
            where p.org_id = org and p.role = party_role and p.grain = 'month' and p.kind = any (kinds)
              and p.start >= w.first and p.start < quarters_from
            union all
            select p.* from rollup_parties p
            where p.org_id = org and p.role = party_role and p.grain = 'month' and p.kind = any (kinds)
              and p.start >= quarters_past and p.start < w.past
            union all
            select p.* from rollup_parties p
            where p.org_id = org and p.role = party_role and p.grain = 'day' and p.kind = any (kinds)
              and p.start >= since and p.start < w.first
            union all
            select p.* from rollup_parties p
            where p.org_id = org and p.role = party_role and p.grain = 'day' and p.kind = any (kinds)
              and p.start >= w.past and p.start < until
        ) r
        where one is null or r.party = one
        group by r.party, r.currency;
end $$;

-- The latest balance of every account that is cash, in every currency, before a moment.
create function canvas_balances(org text, before timestamptz)
returns table (account text, currency text, amount_minor bigint, as_of timestamptz) language sql stable as $$
    with recursive accounts as (
        (select b.account, b.kind, b.currency from balances b where b.org_id = org
         order by b.account, b.kind, b.currency limit 1)
        union all
        select n.account, n.kind, n.currency from accounts a
        cross join lateral (
            select b.account, b.kind, b.currency from balances b
            where b.org_id = org and (b.account, b.kind, b.currency) > (a.account, a.kind, a.currency)
            order by b.account, b.kind, b.currency limit 1) n
    )
    select a.account, a.currency, latest.amount_minor, latest.as_of
    from accounts a
    cross join lateral (
        select b.amount_minor, b.as_of from balances b
        where b.org_id = org and b.account = a.account and b.kind = a.kind and b.currency = a.currency
          and b.as_of < before
        order by b.as_of desc limit 1) latest
    where a.kind in ('available', 'current')
$$;

-- What the metrics look up beside the sums.
create index events_failed_payments on events (org_id, occurred_at) where type = 'invoice.payment_failed';
create index mrr_changes_churned on mrr_changes (org_id, at) where kind = 'churn';
create index mrr_changes_by_customer on mrr_changes (org_id, customer, at);
create index audit_log_decisions on audit_log (org_id, ts)
    where from_status = 'pending' and to_status in ('approved', 'rejected');
create index action_proposals_by_creation on action_proposals (org_id, created_at);
create index snapshots_customers on snapshots (org_id, object_id) where object_type = 'customer';
create index snapshots_disputes on snapshots (org_id, (state ->> 'created')) where object_type = 'dispute';

-- Triggers look at tables through a search_path of their own, temporary tables last.
do $$
declare
    made regprocedure;
begin
    for made in
        select p.oid::regprocedure from pg_proc p
        where p.pronamespace = current_schema()::regnamespace
          and p.proname in ('transactions_rolled_up', 'transaction_changed', 'mrr_rolled_up', 'mrr_changed',
                            'levels_rolled_up', 'level_changed', 'event_rolled_up', 'rollup_rebuild')
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', made, current_schema());
    end loop;
end $$;
