-- The triggers that keep the sums: one pair for the tables of money (see roll_up), and one for events.

-- Inserts come by the statement, so that a bulk load changes each sum once, and in portions, so that it fits memory.
-- A row of `added` has no type until it is cast to its table's: hence one query a table.
create function rows_inserted() returns trigger language plpgsql as $$
begin
    case tg_table_name
    when 'transactions' then
        perform roll_up(array_agg(n.t), 1)
        from (select row(a.*)::transactions as t, row_number() over () / 20000 as portion from added a) n
        group by n.portion;
    when 'mrr_changes' then
        perform roll_up(array_agg(n.t), 1)
        from (select row(a.*)::mrr_changes as t, row_number() over () / 20000 as portion from added a) n
        group by n.portion;
    when 'mrr_levels' then
        perform roll_up(array_agg(n.t), 1)
        from (select row(a.*)::mrr_levels as t, row_number() over () / 20000 as portion from added a) n
        group by n.portion;
    end case;
    return null;
end $$;

-- An update or a delete changes few rows: they come one by one.
create function row_changed() returns trigger language plpgsql as $$
begin
    perform roll_up(array[old], -1);
    if tg_op = 'UPDATE' then
        perform roll_up(array[new], 1);
    end if;
    return null;
end $$;

create trigger rows_inserted after insert on transactions
    referencing new table as added for each statement execute function rows_inserted();
create trigger row_changed after update or delete on transactions
    for each row execute function row_changed();

create trigger rows_inserted after insert on mrr_changes
    referencing new table as added for each statement execute function rows_inserted();
create trigger row_changed after update or delete on mrr_changes
    for each row execute function row_changed();

create trigger rows_inserted after insert on mrr_levels
    referencing new table as added for each statement execute function rows_inserted();
create trigger row_changed after update or delete on mrr_levels
    for each row execute function row_changed();

-- An event counts while its status is not `received`. An operator's own request tells nothing of the company.
create function event_rolled_up() returns trigger language plpgsql as $$
declare
    sign integer := case when new.status = 'received' then -1 else 1 end;
    own_slot bigint := rollup_slot();
begin
    insert into rollup_events as r
    values (new.org_id, (new.occurred_at at time zone rollup_zone_of(new.org_id))::date, new.source, new.type,
            own_slot, sign)
    on conflict (org_id, day, source, type, slot) do update set events = r.events + excluded.events;
    return null;
end $$;
create trigger event_rolled_up after insert on events
    for each row when (new.status <> 'received' and new.source <> 'execops') execute function event_rolled_up();
create trigger event_left_received after update of status on events
    for each row when ((old.status = 'received') <> (new.status = 'received') and new.source <> 'execops')
    execute function event_rolled_up();
