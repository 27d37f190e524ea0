-- name: create_path
-- Let unqualified names mean the scratch schema first. The functions that it shadows stand in pg_catalog.
select set_config('search_path', format('%%I, pg_catalog, pg_temp', %(schema)s::text), true),
       set_config('timezone', 'UTC', true), set_config('execops.now', '-infinity', true),
       -- The tables begin empty: a plan that reads them whole would be kept, and become slow as they grow.
       set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)

-- name: shadow_functions
-- Shadow the functions that reach beyond the transaction: the clock, notifications, and locks that other sessions see.
do $scratch$
begin
    create function now() returns timestamptz language sql stable as
        $$ select current_setting('execops.now')::timestamptz $$;
    create function clock_timestamp() returns timestamptz language sql stable as
        $$ select current_setting('execops.now')::timestamptz $$;
    create function pg_notify(channel text, payload text) returns void language sql as $$ select $$;
    create function pg_advisory_xact_lock(space integer, name integer) returns void language sql as $$ select $$;
    create function pg_advisory_xact_lock_shared(space integer, name integer) returns void language sql as $$ select $$;
    create function pg_try_advisory_xact_lock(space integer, name integer) returns boolean language sql as
        $$ select true $$;
    create function pg_try_advisory_lock(space integer, name integer) returns boolean language sql as
        $$ select true $$;
    create function pg_advisory_unlock(space integer, name integer) returns boolean language sql as
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
        execute format('alter function %%s reset search_path', pinned.name);
    end loop;
end $scratch$

-- name: schema_of_tables
-- Find the schema of the real tables.
select current_schema() as name

-- name: set_now
-- Set the moment that now() answers in this transaction.
select set_config('execops.now', %(now)s::timestamptz::text, true)

-- name: note_endings
-- Note when a proposal ends, and the states of the objects that it is about at that moment.
do $scratch$
begin
    create table endings (
        proposal_id bigint primary key, ended_at timestamptz not null, objects jsonb not null);
    create function note_ending() returns trigger language plpgsql as $$
    begin
        insert into endings
        select new.id, now(), coalesce(jsonb_agg(jsonb_build_object('type', s.object_type, 'state', s.state)), '[]')
        from snapshots s
        where s.org_id = new.org_id
          and s.object_id = any (case when new.covers = '{}' then array[new.object_id] else new.covers end)
        on conflict do nothing;
        return null;
    end $$;
    create trigger note_ending after update of status on action_proposals
        for each row when (new.status in ('superseded', 'expired')) execute function note_ending();
end $scratch$
