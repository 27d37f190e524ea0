-- How far the backfill of a source has come: a killed one goes on at the page after its cursor.
create table backfills (
    org_id     text not null default 'default',
    source     text not null,
    resource   text not null,
    since      timestamptz not null,
    cursor     text,  -- the last object of the last page taken in
    done       boolean not null default false,
    pages      integer not null default 0,
    rows       bigint not null default 0,  -- objects taken in
    updated_at timestamptz not null default now(),
    primary key (org_id, source, resource)
);
