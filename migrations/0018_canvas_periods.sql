-- The functions that metrics share to split a period: its buckets, the days that the ledger knows, its currencies.

-- The first day of a bucket as text; '' where the rows are not grouped by time.
create function canvas_bucket(grain text, day date) returns text language sql immutable as $$
    select coalesce(to_char(date_trunc(grain, day::timestamp), 'YYYY-MM-DD'), '')
$$;

-- Every bucket from the first known day to today's; '' alone where the rows are not grouped by time.
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

-- The first day on which a movement of these kinds is known.
create function canvas_known(org text, kinds text[]) returns date language sql stable as $$
    select min(first.start) from unnest(kinds) k
    cross join lateral (select r.start from rollup_kinds r
                        where r.org_id = org and r.grain = 'day' and r.kind = k order by r.start limit 1) first
$$;

-- The first day on which an event is known.
create function canvas_events_known(org text) returns date language sql stable as $$
    select r.day from rollup_events r where r.org_id = org order by r.day limit 1
$$;

-- The reason why nothing is known of a period; null where something is.
create function canvas_unknown(known date, until date, what text, remedy text) returns text
language sql immutable as $$
    select case when known is null then format('no %s is known: %s', what, remedy)
                when known >= until then format('no %s is known before %s: %s', what, known, remedy) end
$$;

-- The currencies that rows of zero may have: those of the movements themselves, else any of the period, else any
-- before its end.
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

-- Every bucket in every currency: zero is true there as soon as movements of the `sources` are known.
create function canvas_grid(org text, kinds text[], sources text[], since date, until date, as_of date, grain text)
returns table (bucket text, currency text) language sql stable as $$
    select b, c
    from canvas_buckets(canvas_known(org, sources), since, until, as_of, grain) b
    cross join canvas_currencies(org, kinds, since, least(until, as_of + 1)) c
$$;

-- The whole months of a period that may be read as months: none where days or weeks are asked for. The last month
-- counts as whole, too, where nothing is known of its rest.
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
