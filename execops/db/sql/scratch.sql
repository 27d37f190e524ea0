-- name: create_path
-- Let unqualified names mean the scratch schema first. The functions that it shadows stand in pg_catalog.
select set_config('search_path', concat(quote_ident(%(schema)s), ', pg_catalog, pg_temp'), true),
       set_config('timezone', 'UTC', true), set_config('execops.now', '-infinity', true),
       -- The tables begin empty: a plan that reads them whole would be kept, and become slow as they grow.
       set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
       -- No vacuum empties the lists of new entries before the indexes of arrays, and every search reads them whole.
       set_config('gin_pending_list_limit', '64', true)

-- name: shadow_functions
-- Shadow the functions that reach beyond the transaction: the clock, notifications, and locks that other sessions see.
do $scratch$
begin
    create function now() returns timestamptz language sql stable as
        $$ select current_setting('execops.now')::timestamptz $$;
    create function clock_timestamp() returns timestamptz language sql stable as
        $$ select current_setting('execops.now')::timestamptz $$;
    create function pg_notify(channel text, payload text) returns void language sql as $$ select $$;
    create function pg_advisory_xact_lock (space integer, name integer) returns void language sql as $$ select $$;
    create function pg_advisory_xact_lock_shared (space integer, name integer) returns void language sql as $$ select $$;
    create function pg_try_advisory_xact_lock (space integer, name integer) returns boolean language sql as
        $$ select true $$;
    create function pg_try_advisory_lock (space integer, name integer) returns boolean language sql as
        $$ select true $$;
    create function pg_advisory_unlock (space integer, name integer) returns boolean language sql as
        $$ select true $$;
end $scratch$

-- name: unpin_functions
-- Let every function of the schema use the path of the session: the migrations pin some to pg_catalog first.
do $scratch$
declare
    pinned record;
begin
    for pinned in
        select p.oid::regprocedure as name from pg_proc p
        where p.pronamespace = quote_ident(current_schema())::regnamespace and p.proconfig is not null
    loop
        execute concat('alter function ', pinned.name, ' reset search_path');
    end loop;
end $scratch$

-- name: schema_of_tables
-- Find the schema of the real tables.
select current_schema() as name

-- name: set_now
-- Set the moment that now() answers in this transaction.
select set_config('execops.now', %(now)s::timestamptz::text, true)
