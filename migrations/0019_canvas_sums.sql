-- The functions that metrics share to read the sums: whole months as months, the days around them as days.

-- Money by day or month, kind and currency.
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

-- The same by vendor or customer: all of them, or `one`. Sums of no movements are left out: a movement that got its
-- customer later leaves them behind.
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
            select r.party, r.start, r.kind, r.currency, sum(r.money_in), sum(r.money_out), sum(r.moves_in)::bigint,
                   sum(r.moves_out)::bigint
            from (
                select m.* from rollup_parties m
                where m.org_id = org and m.role = party_role and m.grain = 'month' and m.kind = any (kinds)
                  and m.start >= w.first and m.start < w.past
                union all
                select d.* from rollup_parties d
                where d.org_id = org and d.role = party_role and d.grain = 'day' and d.kind = any (kinds)
                  and (d.start >= since and d.start < w.first or d.start >= w.past and d.start < until)
            ) r
            group by r.party, r.start, r.kind, r.currency
            having sum(r.moves_in) <> 0 or sum(r.moves_out) <> 0 or sum(r.money_in) <> 0
                   or sum(r.money_out) <> 0;
    else
        return query
            select r.party, r.start, r.kind, r.currency, sum(r.money_in), sum(r.money_out), sum(r.moves_in)::bigint,
                   sum(r.moves_out)::bigint
            from rollup_parties r
            where r.org_id = org and r.role = party_role and r.party = one and r.kind = any (kinds)
              and (r.grain = 'month' and r.start >= w.first and r.start < w.past
                   or r.grain = 'day' and r.start >= since and r.start < w.first
                   or r.grain = 'day' and r.start >= w.past and r.start < until)
            group by r.party, r.start, r.kind, r.currency
            having sum(r.moves_in) <> 0 or sum(r.moves_out) <> 0 or sum(r.money_in) <> 0
                   or sum(r.money_out) <> 0;
    end if;
end $$;

-- The money of a whole period by vendor or customer; whole quarters are read as quarters. `moves_in` counts the
-- movements of the first kind.
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

-- The latest balance before a moment of every cash account, in every currency.
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

-- The reason why the MRR before a moment is known only in part, of a customer or of all; null where it is whole.
create function canvas_mrr_in_part(org text, before timestamptz, one text) returns text
language sql stable as $$
    with in_part as (
        select l.subscription, l.left_out
        from mrr_levels l
        where l.org_id = org and l.left_out <> '{}' and l.at < before and (one is null or l.customer = one)
          and not exists (
              select 1 from mrr_levels later
              where later.org_id = org and later.subscription = l.subscription and later.at < before
                and (later.at, later.rank, later.tiebreak) > (l.at, l.rank, l.tiebreak))
    ), why as (
        select distinct case split_part(entry, ':', 1)
                            when 'items' then 'more items than Stripe listed'
                            when 'price' then 'a price whose amount was not told'
                            when 'discount' then 'a discount whose terms were not told'
                            else 'a sum that is too large' end as words
        from in_part cross join unnest(left_out) entry
    ), counted as (
        select count(distinct subscription) as subscriptions from in_part
    )
    select format('%s known only in part (%s): set STRIPE_API_KEY and run execops backfill stripe --restart',
                  case when subscriptions = 1 then '1 subscription is'
                       else subscriptions || ' subscriptions are' end,
                  (select string_agg(words, ', ' order by words) from why))
    from counted where subscriptions > 0
$$;
