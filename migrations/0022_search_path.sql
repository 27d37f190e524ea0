-- Pin the search_path of every function that a trigger calls, and of rollup_rebuild, to the schema that this migration
-- runs in, temporary tables last. A later migration that makes such a function pins it likewise.
do $$
declare
    pinned record;
begin
    for pinned in
        select distinct t.tgfoid::regprocedure as name from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = quote_ident(current_schema())::regnamespace
          and t.tgfoid::regproc::text not like 'procrastinate%'
        union
        select 'rollup_rebuild(text, text)'::regprocedure
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned.name, current_schema());
    end loop;
end $$;
