-- Vacuum: the tables whose rows live for seconds are cleaned soon, so that queue and checkpoints stay small.

-- Tables of other packages exist only after this file, so `db migrate` calls it afterwards, each time.
create function execops_vacuum_soon() returns void language plpgsql as $$
declare
    name text;
begin
    foreach name in array array['procrastinate_jobs', 'procrastinate_events', 'procrastinate_workers', 'checkpoints',
                                'checkpoint_blobs', 'checkpoint_writes'] loop
        if to_regclass(name) is not null and not exists (
            select 1 from pg_class c where c.oid = to_regclass(name)
               and 'autovacuum_vacuum_scale_factor=0.02' = any (c.reloptions)) then
            execute format('alter table %I set (autovacuum_vacuum_scale_factor = 0.02, '
                'autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.05, '
                'autovacuum_vacuum_cost_delay = 1)', name);
        end if;
    end loop;
end $$;
