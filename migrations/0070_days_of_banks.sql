-- A bank's movement has a day and no time: it is kept at the midnight that begins this day in the org's time zone, and the
-- balance of a day some seconds after it, one for each row. So the days stay only where a changed time zone moves the moments.

-- Move what was kept by the midnights of one time zone to those of another. A moment that fits the other zone better stays.
create function bank_days_moved(org text, old_zone text, new_zone text) returns void language plpgsql as $$
begin
    perform set_config('execops.rebuilding', pg_current_xact_id()::text, true);
    update transactions t set occurred_at = (t.occurred_at at time zone old_zone) at time zone new_zone
    where t.org_id = org and t.source = 'bank' and (t.occurred_at at time zone old_zone)::time = '00:00'
      and (t.occurred_at at time zone new_zone)::time <> '00:00';
    perform set_config('execops.rebuilding', '', true);
    update balances b set as_of = bank_day_moved(b.as_of, old_zone, new_zone)
    where b.org_id = org and starts_with(b.account, 'bank:') and b.as_of <> bank_day_moved(b.as_of, old_zone, new_zone);
    update imports i
    set balances = (select jsonb_agg(h.held || jsonb_build_object(
                        'as_of', bank_day_moved((h.held ->> 'as_of')::timestamptz, old_zone, new_zone)) order by h.place)
                    from jsonb_array_elements(i.balances) with ordinality h (held, place))
    where i.org_id = org and jsonb_array_length(i.balances) > 0;
end $$;

-- The moment of a balance, which is within three hours of the midnight of its zone: no day of a file has ten thousand rows.
create function bank_day_moved(moment timestamptz, old_zone text, new_zone text) returns timestamptz language sql stable as $$
    select case when (moment at time zone old_zone)::time < '03:00'
                 and (moment at time zone old_zone)::time < (moment at time zone new_zone)::time
                then (moment at time zone old_zone) at time zone new_zone else moment end
$$;

-- An update or a delete changes few rows, so they come one by one; but a rebuild makes all sums anew behind the move.
create or replace function row_changed() returns trigger language plpgsql as $$
begin
    if current_setting('execops.rebuilding', true) = pg_current_xact_id()::text then
        return null;
    end if;
    perform roll_up(array[old], -1);
    if tg_op = 'UPDATE' then
        perform roll_up(array[new], 1);
    end if;
    return null;
end $$;

-- The rebuild of all sums (0060_paid_lately.sql) moves the days first, while the sums are those of the old time zone.
do $$
declare
    was text := pg_get_functiondef('rollup_rebuild(text, text)'::regprocedure);
    lock text := 'perform pg_advisory_xact_lock(7312 /* rollup rebuild */, 0);';
    becomes text := replace(was, lock, 'if rollup_zone_of(org) <> new_zone then  -- as an import does: they take turns
        perform pg_advisory_xact_lock(7308 /* subject */, hashtext(org || '' bank:import''));
    end if;
    ' || lock || '
    if rollup_zone_of(org) <> new_zone then
        perform bank_days_moved(org, rollup_zone_of(org), new_zone);
    end if;');
begin
    if becomes = was then
        raise exception 'rollup_rebuild is not as this migration expects it';
    end if;
    execute becomes;
end $$;

do $$
declare
    name regprocedure;
begin
    foreach name in array array[
        'bank_days_moved(text, text, text)', 'bank_day_moved(timestamptz, text, text)', 'rollup_rebuild(text, text)',
        'row_changed()'
    ]::regprocedure[]
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', name, current_schema());
    end loop;
end $$;
