-- Rows that are deleted together leave the sums together: an import of a hundred thousand rows is taken back in seconds.
-- Row by row, as 0070_days_of_banks.sql has it, took longer than a statement may.

create function rows_removed() returns trigger language plpgsql as $$
begin
    if current_setting('execops.rebuilding', true) = pg_current_xact_id()::text then
        return null;  -- the rebuild makes all sums anew
    end if;
    perform roll_up(array_agg(n.t), -1)
    from (select row(r.*)::transactions as t, row_number() over () / 20000 as portion from removed r) n
    group by n.portion;
    return null;
end $$;

drop trigger row_changed on transactions;
create trigger row_changed after update on transactions
    for each row execute function row_changed();
create trigger rows_removed after delete on transactions
    referencing old table as removed for each statement execute function rows_removed();

do $$
begin
    execute format('alter function rows_removed() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
