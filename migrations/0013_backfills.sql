-- Backfills: how far a source's history has been read. A killed backfill goes on at the page after its cursor.
create table backfills (
    org_id     text not null default 'default',
    source     text not null,
    resource   text not null,
    since      timestamptz not null,
    cursor     text,  -- the last object of the last page that was stored
    done       boolean not null default false,
    pages      integer not null default 0,
    rows       bigint not null default 0,  -- objects stored
    updated_at timestamptz not null default now(),
    primary key (org_id, source, resource)
);
